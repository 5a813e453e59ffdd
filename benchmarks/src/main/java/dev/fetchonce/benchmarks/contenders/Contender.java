package dev.fetchonce.benchmarks.contenders;

import java.util.concurrent.Callable;

/** One way of getting documents over HTTP. Thread-safe. */
public interface Contender extends AutoCloseable {
    /**
     * A call for the document at a URL, to be made as often as one likes, by any thread. What can be made ready once, such
     * as a request object, is ready. It returns what users of this contender work with, and throws unless that is a whole
     * document from an answer with status 200, fresh or standing in for one that cannot be had.
     */
    Callable<?> call(String url);

    /**
     * Begins a call in the way that suits this contender, and tells how it ended: those that block do so on a virtual thread
     * of its own.
     */
    default void begin(Callable<?> call, Caller caller) {
        Thread.startVirtualThread(() -> {
            Object document;
            try {
                document = call.call();
            } catch (Exception e) {
                caller.failed(e);
                return;
            }
            caller.answered(document);
        });
    }

    /** Ends its threads and connections. */
    @Override
    void close();
}
