package dev.fetchonce.internal.origin;

import java.util.List;
import java.util.concurrent.Flow;

/** Bodies that still come, without a connection, for tests of other packages. */
public final class LiveBodies {
    private LiveBodies() {}

    /** Returns a body that one reader may claim; the action runs when its connection is closed. */
    public static StreamingBody live(Runnable closed) {
        return new StreamingBody(List.<List<java.nio.ByteBuffer>>of().iterator(), connection(closed), 0);
    }

    /** Returns a body that is gathered while its reader reads; the action runs when its connection is closed. */
    public static GrowingBody growing(Runnable closed) {
        GrowingBody body = new GrowingBody(1_000, new BufferAllowance(1_000));
        body.onSubscribe(connection(closed));
        return body;
    }

    /** Returns the body for the reader of a growing body. */
    public static StreamingBody reader(GrowingBody body) {
        return body.live().orElseThrow();
    }

    private static Flow.Subscription connection(Runnable closed) {
        return new Flow.Subscription() {
            @Override
            public void request(long n) {
                // no byte comes
            }

            @Override
            public void cancel() {
                closed.run();
            }
        };
    }
}
