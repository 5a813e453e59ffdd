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

/** A body, and what was decoded from it: by type, each once. Thread-safe. */
final class Forms {
    private final byte[] body;
    private final String contentType;
    private final JsonBinder binder;
    private final AtomicReference<@Nullable Form> first = new AtomicReference<>();

    /** A value in a future that is handed to many, none of whom may change it. */
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
     * Of a body from which nothing has been decoded.
     *
     * @param body the bytes, their content codings undone; they become this object's own
     */
    Forms(byte[] body, String contentType, JsonBinder binder) {
        this.body = body;
        this.contentType = contentType;
        this.binder = binder;
    }

    /** The completed future of this type's value, or null. Allocates nothing. */
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
     * The future of this type's value. Decodes it where nobody has begun to. That a body is undecodable is remembered like a
     * value; another failure is not. It is shared: whoever may complete or cancel it must be given a copy.
     *
     * @param executor where to decode
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
        } catch (RuntimeException e) { // it takes no more work
            forget(mine);
            mine.value.completeExceptionally(e);
        }
    }

    private void decode(Form mine) {
        try {
            mine.value.complete(binder.bind(body, contentType, mine.type));
        } catch (UndecodableException e) {
            mine.value.completeExceptionally(e);
        } catch (Throwable e) { // whatever it is, somebody waits
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            forget(mine);
            mine.value.completeExceptionally(e);
        }
    }

    private void forget(Form form) {
        // By its future, as others may have rebuilt the list.
        first.updateAndGet(head -> head == null ? null : head.without(form.value));
    }

    /** What it has been decoded to. */
    List<Class<?>> types() {
        List<Class<?>> types = new ArrayList<>();
        for (Form form = first.get(); form != null; form = form.next) {
            if (form.value.state() == Future.State.SUCCESS) {
                types.add(form.type);
            }
        }
        return types;
    }

    /** An estimate of the heap that body and decoded values take, in bytes. */
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
