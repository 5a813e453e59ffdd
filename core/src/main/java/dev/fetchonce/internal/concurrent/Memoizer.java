package dev.fetchonce.internal.concurrent;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A few values, each made at most once and read without a lock. Thread-safe.
 *
 * <p>Threads that ask for a key while its value is being made wait for the one that makes it. Meant for a handful of
 * keys: they are searched in a row, the newest first, without allocation.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public final class Memoizer<K, V> {
    /** Each look past a reference may be one into cold memory, and a hit passes here: so no AtomicReference. */
    private static final VarHandle HEAD;

    static {
        try {
            HEAD = MethodHandles.lookup().findVarHandle(Memoizer.class, "head", Entry.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile @Nullable Entry<K, V> head;

    /** The value for this key if it has been made, else null. Allocates nothing. */
    public @Nullable V peek(K key) {
        Entry<K, V> entry = find(head, key);
        return entry == null ? null : entry.value();
    }

    /**
     * The value for this key, made now if it has not been made before.
     *
     * @param patience the longest wait for another thread that makes it
     * @throws ExecutionException what the making threw; an exception is remembered like a value
     * @throws Error what this thread's own making threw. Like an InterruptedException it is that thread's own: it is not
     *     remembered, and others who wait then make the value themselves
     * @throws TimeoutException when patience ended before another thread had made it
     * @throws InterruptedException when the current thread is or becomes interrupted while it waits for another
     * @throws IllegalStateException when the making itself asks for the value
     */
    public V get(K key, Callable<V> maker, Deadline patience)
            throws ExecutionException, InterruptedException, TimeoutException {
        for (; ; ) {
            Entry<K, V> first = head;
            Entry<K, V> entry = find(first, key);
            if (entry == null) {
                Entry<K, V> mine = new Entry<>(key, new Making<>(maker), first);
                if (HEAD.compareAndSet(this, first, mine)) {
                    return make(mine);
                }
            } else {
                try {
                    return entry.making.await(key, patience);
                } catch (ExecutionException e) {
                    if (!ofItsThread(e.getCause())) {
                        throw e;
                    }
                    forget(entry.making);
                }
            }
        }
    }

    /** Calls back for each value that has been made. */
    public void forEach(BiConsumer<? super K, ? super V> action) {
        for (Entry<K, V> entry = head; entry != null; entry = entry.next) {
            V value = entry.value();
            if (value != null) {
                action.accept(entry.key, value);
            }
        }
    }

    private V make(Entry<K, V> mine) throws ExecutionException, InterruptedException {
        try {
            V value = mine.making.make();
            mine.value = value;
            return value;
        } catch (ExecutionException e) {
            if (ofItsThread(e.getCause())) {
                forget(mine.making);
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            if (e.getCause() instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            throw e;
        }
    }

    private static boolean ofItsThread(@Nullable Throwable e) {
        return e instanceof Error || e instanceof InterruptedException;
    }

    private void forget(Making<V> gone) {
        Entry<K, V> first;
        do {
            first = head;
        } while (!HEAD.compareAndSet(this, first, without(first, gone)));
    }

    @SuppressWarnings("ReferenceEquality") // first; mostly it is the very same key
    private static <K, V> @Nullable Entry<K, V> find(@Nullable Entry<K, V> first, K key) {
        for (Entry<K, V> entry = first; entry != null; entry = entry.next) {
            if (entry.key == key || entry.key.equals(key)) {
                return entry;
            }
        }
        return null;
    }

    private static <K, V> @Nullable Entry<K, V> without(@Nullable Entry<K, V> first, Making<V> gone) {
        if (first == null || first.making == gone) {
            return first == null ? null : first.next;
        }
        return new Entry<>(first.key, first.making, without(first.next, gone));
    }

    private static final class Entry<K, V> {
        private final K key;
        private final Making<V> making;
        private final @Nullable Entry<K, V> next;

        /** Repeats that of the making, once who makes it has noticed: one look less for those who come later. */
        private volatile @Nullable V value;

        Entry(K key, Making<V> making, @Nullable Entry<K, V> next) {
            this.key = key;
            this.making = making;
            this.next = next;
        }

        @Nullable
        V value() {
            V mine = value;
            return mine == null ? making.value : mine;
        }
    }

    /** Shared by an entry and its copies. */
    private static final class Making<V> extends SharedTask<V> {
        /** Who makes the value; null once it is made, so that the thread is not kept. */
        private volatile @Nullable Thread maker = Thread.currentThread();

        /** Repeats the task's value once it is there, for readers that must not allocate or wait. */
        private volatile @Nullable V value;

        Making(Callable<V> course) {
            super(course, Checkpoints.NONE, Long.MAX_VALUE);
        }

        @Override
        protected void set(V made) {
            value = made;
            super.set(made);
        }

        V make() throws ExecutionException, InterruptedException {
            run();
            maker = null;
            return get();
        }

        V await(Object key, Deadline patience) throws ExecutionException, InterruptedException, TimeoutException {
            if (!isDone() && maker == Thread.currentThread()) {
                throw new IllegalStateException("the making of " + key + " asks for its own result");
            }
            return get(patience.left(), TimeUnit.NANOSECONDS);
        }
    }
}
