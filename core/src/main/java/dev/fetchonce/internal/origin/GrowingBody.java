package dev.fetchonce.internal.origin;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A body whose length was not announced: its end may never come. It is gathered up to a limit, and one reader may have it
 * meanwhile: first what was gathered, then what comes, for which that reader asks. It learns of the end when that is settled. One that outgrows the limit is its reader's
 * alone. Thread-safe.
 */
public final class GrowingBody implements IncomingBody {
    /*
     * Two use the connection, which is done with when both have left it:
     *
     *   the gathering   on -> off              the body has ended or outgrown the limit, or no one wants it whole any more
     *   the reader      none -> reads -> left
     *
     * While no one reads, the gathering asks for one item at a time. Then the reader asks, and when that has left the gathering
     * again. The lock guards these states and the bytes; signals, requests and futures are outside it.
     */
    private static final byte[] NOTHING = new byte[0];

    private final int limit;
    private final BufferAllowance allowance;
    private final CompletableFuture<ReceivedBody> begun = new CompletableFuture<>();

    /** All of it, once it has come to its end; empty once it has outgrown the limit. */
    private final CompletableFuture<Optional<byte[]>> whole = new CompletableFuture<>();

    /** Complete when no flight will land with it any more: its reader learns of its end after that. */
    private final CompletableFuture<@Nullable Void> settled = new CompletableFuture<>();

    private final CompletableFuture<@Nullable Void> unread = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    private volatile Flow.@Nullable Subscription connection;

    private final ReentrantLock lock = new ReentrantLock();
    private byte[] bytes = NOTHING;
    private int length;

    /** How many bytes of the allowance the gathering has. */
    private long taken;

    private boolean gathers = true;
    private @Nullable StreamingBody live;
    private boolean left;

    /**
     * A body that is gathered up to a limit.
     *
     * @param limit the most bytes of it
     * @param allowance what it takes from while it is read; it counts as longer than the limit when there is no more
     */
    GrowingBody(int limit, BufferAllowance allowance) {
        this.limit = limit;
        this.allowance = allowance;
    }

    /** What its reader asks of the connection. */
    private final class Reader implements Flow.Subscription {
        @Override
        public void request(long n) {
            ask(n);
        }

        @Override
        public void cancel() {
            lock.lock();
            try {
                left = true;
            } finally {
                lock.unlock();
            }
            if (!whole.isDone()) {
                unread.complete(null); // whoever wants it whole may stop the gathering now
            }
            goOn();
        }
    }

    @Override
    public CompletionStage<ReceivedBody> getBody() {
        return begun;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        connection = subscription;
        begun.complete(new ReceivedBody.Growing(this));
        goOn();
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        StreamingBody reader;
        boolean outgrown;
        lock.lock();
        try {
            reader = left ? null : live;
            outgrown = gathers && !gather(buffers);
            if (outgrown) {
                if (live == null) {
                    live = readable(List.of(buffers), 0);
                    settled.complete(null); // as no one waits for its end
                }
                dismiss();
            }
        } finally {
            lock.unlock();
        }
        if (outgrown) {
            whole.complete(Optional.empty());
        }
        if (reader == null) {
            goOn();
        } else {
            reader.arrived(buffers);
        }
    }

    /** Copies them at once, as a buffer takes much more memory than a few bytes; says whether they are within the limit. */
    private boolean gather(List<ByteBuffer> buffers) {
        long size = buffers.stream().mapToLong(ByteBuffer::remaining).sum();
        if (size > limit - length) {
            return false;
        }
        int end = length + (int) size;
        if (end > bytes.length) {
            int room = (int) Math.max(end, Math.min(limit, 2L * bytes.length));
            if (live != null && !take(room - bytes.length)) {
                return false;
            }
            bytes = Arrays.copyOf(bytes, room);
        }
        for (ByteBuffer buffer : buffers) {
            ByteBuffer read = buffer.duplicate(); // its own position is for the reader
            int some = read.remaining();
            read.get(bytes, length, some);
            length += some;
        }
        return true;
    }

    private boolean take(int more) {
        boolean has = allowance.take(more);
        taken += has ? more : 0;
        return has;
    }

    /** Ends the gathering and gives back what it has. */
    private void dismiss() {
        gathers = false;
        bytes = NOTHING;
        allowance.giveBack(taken);
        taken = 0;
    }

    /** Asks for more where no one else does; or closes the connection where no one uses it. */
    private void goOn() {
        boolean read;
        boolean gathered;
        lock.lock();
        try {
            read = live != null && !left;
            gathered = gathers;
        } finally {
            lock.unlock();
        }
        if (!read && gathered) {
            ask(1);
        } else if (!read) {
            close();
        }
    }

    private void ask(long n) {
        Flow.Subscription to = connection;
        if (to != null) { // else onSubscribe will
            to.request(n);
        }
    }

    private void close() {
        Flow.Subscription to = connection;
        if (to != null && !ended.isDone()) {
            try {
                to.cancel();
            } finally {
                ended.complete(null);
            }
        }
    }

    @Override
    public void onError(Throwable failure) {
        StreamingBody reader = end();
        whole.completeExceptionally(failure);
        tell(reader, failure);
    }

    @Override
    public void onComplete() {
        byte[] all;
        lock.lock();
        try {
            all = bytes.length == length ? bytes : Arrays.copyOf(bytes, gathers ? length : 0);
        } finally {
            lock.unlock();
        }
        StreamingBody reader = end();
        whole.complete(Optional.of(all)); // unless it has outgrown the limit, or was stopped
        tell(reader, null);
    }

    /** Tells the reader, if there is one, of the end; its next call may come right after that. */
    private void tell(@Nullable StreamingBody reader, @Nullable Throwable failure) {
        if (reader != null) {
            var unused = settled.thenRun(() -> reader.completed(failure));
        }
    }

    /** Takes note that no flight will land with it any more. The end of its reader may be signalled on this thread. */
    public void settled() {
        settled.complete(null);
    }

    /** Ends both uses; returns the reader, if there is one. */
    private @Nullable StreamingBody end() {
        lock.lock();
        try {
            dismiss();
            return left ? null : live;
        } finally {
            lock.unlock();
            ended.complete(null);
        }
    }

    /**
     * Waits for its end, or for it to outgrow the limit.
     *
     * @return whether that came in time; a failure is an end too
     */
    boolean endsWithin(long nanos) throws InterruptedException {
        try {
            var unused = whole.get(nanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    /**
     * Waits for its end, however long that takes.
     *
     * @return all of it; empty where it has outgrown the limit
     * @throws ExecutionException when it has failed, or was stopped
     */
    Optional<byte[]> await() throws InterruptedException, ExecutionException {
        return whole.get();
    }

    /** The body for its reader, while it is gathered or when it has outgrown the limit; empty when it has ended. */
    Optional<StreamingBody> live() {
        boolean outgrown = false;
        lock.lock();
        try {
            if (gathers && live == null) {
                live = readable(List.of(), 1);
                outgrown = !take(bytes.length);
                if (outgrown) {
                    dismiss();
                }
            }
            return Optional.ofNullable(live);
        } finally {
            lock.unlock();
            if (outgrown) {
                whole.complete(Optional.empty());
            }
        }
    }

    private StreamingBody readable(List<List<ByteBuffer>> last, int asked) {
        List<List<ByteBuffer>> held = new ArrayList<>();
        new ByteBufferChunks(bytes, length).forEachRemaining(held::add);
        held.addAll(last);
        return new StreamingBody(held.iterator(), new Reader(), asked);
    }

    /** Has this run when its reader has left before its end. */
    public void whenUnread(Runnable action) {
        var unused = unread.thenRun(action);
    }

    /** Has this run when the connection is done with. */
    void whenEnded(Runnable action) {
        var unused = ended.thenRun(action);
    }

    /** Stops the gathering; its reader goes on, and learns of the end once it is {@link #settled}. */
    public void stop() {
        lock.lock();
        try {
            dismiss();
        } finally {
            lock.unlock();
        }
        whole.completeExceptionally(new IOException("no one wanted the whole body"));
        goOn();
    }

    @Override
    public void abandon() {
        stop();
        settled();
        StreamingBody read;
        lock.lock();
        try {
            read = live;
        } finally {
            lock.unlock();
        }
        if (read != null) {
            read.abandon();
        }
    }
}
