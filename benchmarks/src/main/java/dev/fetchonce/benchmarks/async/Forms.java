package dev.fetchonce.benchmarks.async;

import dev.fetchonce.internal.json.JsonBinder;
import dev.fetchonce.internal.json.UndecodableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A body and the values decoded from it, one for each type. Thread-safe. */
final class Forms {
    private final byte[] body;
    private final String contentType;
    private final JsonBinder binder;
    private final AtomicReference<@Nullable Form> first = new AtomicReference<>();

    /** The future of a value that many callers share and no caller may change. */
    private static final class Shared extends CompletableFuture<Object> {
        @Override
        public void obtrudeValue(Object value) {
            throw new UnsupportedOperationException("others have this future as well");
        }

        @Override
        public void obtrudeException(Throwable failure) {
            throw new UnsupportedOperationException("others have this future as well");
        }
    }

    private record Form(
            Class<?> type, Shared value, @Nullable Form next) {
        private @Nullable Form without(Shared other) {
            return value.equals(other) ? next : new Form(type, value, next == null ? null : next.without(other));
        }
    }

    /**
     * Makes the forms of a body from which no value has been decoded.
     *
     * @param body the bytes without their content codings; this object owns them from now on
     */
    Forms(byte[] body, String contentType, JsonBinder binder) {
        this.body = body;
        this.contentType = contentType;
        this.binder = binder;
    }

    /** Returns the completed future of this type's value, or null. Allocates nothing. */
    @Nullable
    CompletableFuture<Object> ready(Class<?> type) {
        for (Form form = first.get(); form != null; form = form.next) {
            if (form.type == type) {
                return form.value.isDone() ? form.value : null;
            }
        }
        return null;
    }

    /**
     * Returns the future of this type's value, and begins to decode unless another thread has begun. The failure of an
     * undecodable body is kept like a value, and another failure is not. All callers share the future: a caller that
     * may complete or cancel it must get a copy.
     *
     * @param executor decodes
     */
    CompletableFuture<Object> decoded(Class<?> type, Executor executor) {
        while (true) {
            Form head = first.get();
            for (Form form = head; form != null; form = form.next) {
                if (form.type == type) {
                    return form.value;
                }
            }
            Form mine = new Form(type, new Shared(), head);
            if (first.compareAndSet(head, mine)) {
                begin(mine, executor);
                return mine.value;
            }
        }
    }

    private void begin(Form mine, Executor executor) {
        try {
            executor.execute(() -> decode(mine));
        } catch (RuntimeException e) { // the executor takes no more work
            forget(mine);
            mine.value.completeExceptionally(e);
        }
    }

    private void decode(Form mine) {
        try {
            mine.value.complete(binder.bind(body, contentType, mine.type));
        } catch (UndecodableException e) {
            mine.value.completeExceptionally(e);
        } catch (Throwable e) { // any throwable must complete the future, because a caller waits for it
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            forget(mine);
            mine.value.completeExceptionally(e);
        }
    }

    private void forget(Form form) {
        // The form is found by its future, because other threads may have rebuilt the list.
        first.updateAndGet(head -> head == null ? null : head.without(form.value));
    }

    /** Returns the types to which the body has been decoded. */
    List<Class<?>> types() {
        List<Class<?>> types = new ArrayList<>();
        for (Form form = first.get(); form != null; form = form.next) {
            if (form.value.state() == Future.State.SUCCESS) {
                types.add(form.type);
            }
        }
        return types;
    }

    /** Returns an estimate of the heap that the body and its decoded values take, in bytes. */
    long weight() {
        long weight = body.length;
        for (Form form = first.get(); form != null; form = form.next) {
            if (form.value.state() == Future.State.SUCCESS) {
                weight += JsonBinder.weight(body.length, form.type, form.value.resultNow());
            }
        }
        return weight;
    }
}
