package dev.fetchonce.internal.flight;

import dev.fetchonce.internal.concurrent.Deadline;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A call on a virtual thread of its own. */
public final class Caller<V> {
    private final FutureTask<V> call;
    public final Thread thread;

    public Caller(Callable<V> call) {
        this.call = new FutureTask<>(call);
        this.thread = Thread.ofVirtual().start(this.call);
    }

    static Caller<String> flying(FlightTable<String, String> table, String key, Task task) {
        return waiting(table, table.fly(key, task));
    }

    static Caller<String> waiting(FlightTable<String, String> table, Flight<String> flight) {
        return new Caller<>(() -> table.await(flight, Deadline.after(java.time.Duration.ofMinutes(1))));
    }

    /** Returns the result of the call; it waits at most 60 seconds. */
    public V result() throws Exception {
        return result(60);
    }

    V result(long withinSeconds) throws Exception {
        return call.get(withinSeconds, TimeUnit.SECONDS);
    }

    /** Returns the exception that the call threw; it waits at most 60 seconds. */
    public Throwable failure() throws Exception {
        try {
            throw new AssertionError("returned " + result());
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }
}
