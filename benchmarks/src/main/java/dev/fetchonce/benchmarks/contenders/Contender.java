package dev.fetchonce.benchmarks.contenders;

import java.util.concurrent.Callable;

/** A way to get documents over HTTP. Thread-safe. */
public interface Contender extends AutoCloseable {
    /**
     * Returns a call for the document at a URL. Any thread may make it, any number of times. All that can be prepared
     * once, such as a request object, is prepared. The call returns the type that users of this contender work with. It
     * throws unless it has a whole document from a response with status 200, fresh or standing in after a failure.
     */
    Callable<?> call(String url);

    /**
     * Begins a call in the way that suits this contender, and reports its outcome. A contender that blocks does so on a
     * virtual thread for each call.
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

    /** Ends the threads and connections of the contender. */
    @Override
    void close();
}
