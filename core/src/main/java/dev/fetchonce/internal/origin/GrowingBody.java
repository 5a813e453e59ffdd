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
 * A body without an announced length: its end may never come. It is gathered up to a limit. One reader may read it
 * meanwhile: first the gathered bytes, then the bytes that come at the reader's own requests. The reader gets the end
 * once the body is {@linkplain #settled settled}. A body that outgrows the limit belongs to its reader alone.
 * Thread-safe.
 */
public final class GrowingBody implements IncomingBody {
    /*
     * The gathering and the reader use the connection; it closes when both have left it:
     *
     *   the gathering   on -> off                 the body has ended or outgrown the limit, or no caller wants it whole
     *   the reader      absent -> reads -> left
     *
     * Before the reader comes, the gathering requests one item at a time. While the reader reads, the reader requests.
     * After the reader has left, the gathering requests again. The lock guards these states and the bytes; signals,
     * requests and futures are outside it.
     */
    private static final byte[] NOTHING = new byte[0];

    private final int limit;
    private final BufferAllowance allowance;
    private final CompletableFuture<ReceivedBody> begun = new CompletableFuture<>();

    /** The whole body, once it has ended; empty once it has outgrown the limit. */
    private final CompletableFuture<Optional<byte[]>> whole = new CompletableFuture<>();

    /** Complete once no flight will land with this body any more; the reader gets the end after that. */
    private final CompletableFuture<@Nullable Void> settled = new CompletableFuture<>();

    private final CompletableFuture<@Nullable Void> unread = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    private volatile Flow.@Nullable Subscription connection;

    private final ReentrantLock lock = new ReentrantLock();
    private byte[] bytes = NOTHING;
    private int length;

    /** The bytes that the gathering has taken of the allowance. */
    private long taken;

    private boolean gathers = true;
    private @Nullable StreamingBody live;
    private boolean left;

    /**
     * Makes a body that is gathered up to a limit.
     *
     * @param limit the greatest length that is gathered, in bytes
     * @param allowance the memory for the gathering while the body is read; where the allowance is used up, the body
     *     counts as longer than the limit
     */
    GrowingBody(int limit, BufferAllowance allowance) {
        this.limit = limit;
        this.allowance = allowance;
    }

    /** The reader's side of the connection. */
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
                unread.complete(null); // the flight may stop the gathering now
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
                    settled.complete(null); // no flight waits for the end
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

    /**
     * Copies the buffers at once, as a buffer takes much more memory than a few bytes. Returns whether they are within
     * the limit and the allowance.
     */
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
            ByteBuffer read = buffer.duplicate(); // the position of the original is for the reader
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

    /** Ends the gathering, drops its bytes and gives its allowance back. */
    private void dismiss() {
        gathers = false;
        bytes = NOTHING;
        allowance.giveBack(taken);
        taken = 0;
    }

    /**
     * Requests the next item for the gathering where no reader reads; closes the connection where the gathering is off
     * too.
     */
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
        if (to != null) { // otherwise onSubscribe asks
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
        whole.complete(Optional.of(all)); // no effect where the body has outgrown the limit or was stopped
        tell(reader, null);
    }

    /**
     * Signals the end to the reader, if any, once the body is settled. The reader's next call may come right after
     * that.
     */
    private void tell(@Nullable StreamingBody reader, @Nullable Throwable failure) {
        if (reader != null) {
            var unused = settled.thenRun(() -> reader.completed(failure));
        }
    }

    /** Records that no flight will land with this body any more. The reader may get its end on the current thread. */
    public void settled() {
        settled.complete(null);
    }

    /** Ends both uses of the connection. Returns the reader, or null where no reader reads. */
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
     * Waits until the body ends or outgrows the limit.
     *
     * @param nanos the longest wait, in nanoseconds
     * @return whether that happened in time; a failure is an end too
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
     * Waits for the end of the body, without a limit.
     *
     * @return the whole body; empty where it has outgrown the limit
     * @throws ExecutionException when the body has failed, or was stopped
     */
    Optional<byte[]> await() throws InterruptedException, ExecutionException {
        return whole.get();
    }

    /**
     * Returns the body for its reader, while it is gathered or once it has outgrown the limit; empty once it has ended.
     */
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

    /** Runs an action once the reader has left before the end of the body. */
    public void whenUnread(Runnable action) {
        var unused = unread.thenRun(action);
    }

    /** Runs an action once the connection is no longer in use. */
    void whenEnded(Runnable action) {
        var unused = ended.thenRun(action);
    }

    /** Stops the gathering. The reader goes on, and gets the end once the body is {@link #settled}. */
    public void stop() {
        lock.lock();
        try {
            dismiss();
        } finally {
            lock.unlock();
        }
        whole.completeExceptionally(new IOException("the gathering of the body was stopped"));
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
