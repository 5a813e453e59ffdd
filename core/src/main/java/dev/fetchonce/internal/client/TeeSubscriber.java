package dev.fetchonce.internal.client;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber that passes a body on to the subscriber of the caller and keeps a copy of it, up to a limit. It keeps no
 * copy of a body that is longer, breaks off or is cancelled.
 */
final class TeeSubscriber<T extends @Nullable Object> implements BodySubscriber<T> {
    private final BodySubscriber<T> theirs;
    private final int limit;
    private final Consumer<byte[]> whole;
    private @Nullable ByteArrayOutputStream copy = new ByteArrayOutputStream();

    /**
     * Makes a subscriber in front of another.
     *
     * @param limit the most bytes that are kept
     * @param whole takes the copy of a body that has ended, before the subscriber gets that signal
     */
    TeeSubscriber(BodySubscriber<T> theirs, int limit, Consumer<byte[]> whole) {
        this.theirs = theirs;
        this.limit = limit;
        this.whole = whole;
    }

    @Override
    public CompletionStage<T> getBody() {
        return theirs.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        theirs.onSubscribe(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        buffers.forEach(this::keep);
        theirs.onNext(buffers);
    }

    private void keep(ByteBuffer buffer) {
        ByteArrayOutputStream kept = copy;
        if (kept == null || buffer.remaining() > limit - kept.size()) {
            copy = null;
            return;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        kept.writeBytes(bytes);
    }

    @Override
    public void onError(Throwable failure) {
        copy = null;
        theirs.onError(failure);
    }

    @Override
    public void onComplete() {
        if (copy != null) {
            whole.accept(copy.toByteArray());
        }
        theirs.onComplete();
    }
}
