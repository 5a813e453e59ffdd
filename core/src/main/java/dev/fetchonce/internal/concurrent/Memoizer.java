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
 * A map of a few values, each made at most once and read without a lock. Thread-safe.
 *
 * <p>One thread makes the value of a key; other threads that ask for that key meanwhile wait for it. The map is meant
 * for a handful of keys: a look-up walks them one by one, the newest first, without allocation.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public final class Memoizer<K, V> {
    /**
     * The handle of {@link #head}. Each further reference may lead into cold memory, and every hit of the cache passes
     * here; an AtomicReference would add one.
     */
    private static final VarHandle HEAD;

    static {
        try {
            HEAD = MethodHandles.lookup().findVarHandle(Memoizer.class, "head", Entry.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile @Nullable Entry<K, V> head;

    /** Returns the value of this key, or null where it has not been made. Allocates nothing. */
    public @Nullable V peek(K key) {
        Entry<K, V> entry = find(head, key);
        return entry == null ? null : entry.value();
    }

    /**
     * Returns the value of this key; makes it first where it has not been made.
     *
     * @param patience the deadline of a wait for another thread that makes the value
     * @throws ExecutionException with the exception of the maker as its cause; the map remembers that exception like a
     *     value
     * @throws Error when the maker threw it on this thread. An Error, like an InterruptedException, concerns that
     *     thread alone: the map does not remember it, and the waiting threads then make the value themselves
     * @throws TimeoutException when the patience ended before another thread had made the value
     * @throws InterruptedException when the current thread is or becomes interrupted while it waits for another thread,
     *     or when the maker threw it on this thread
     * @throws IllegalStateException when the maker asks for the value that it makes
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

    /** Calls the action for each value that has been made. */
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

    @SuppressWarnings("ReferenceEquality") // a fast path: most look-ups bring the key instance of the entry
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

        /** A copy of the making's value, written by the thread that made it; it saves later readers one reference. */
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

    /** The task that makes one value; an entry and its copies share it. */
    private static final class Making<V> extends SharedTask<V> {
        /** The thread that makes the value; null once the value is made, so that the map does not keep the thread. */
        private volatile @Nullable Thread maker = Thread.currentThread();

        /** A copy of the task's value, for readers that must not allocate or wait; null before the task has ended. */
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
                throw new IllegalStateException("the code that makes the value of " + key + " asks for that value");
            }
            return get(patience.left(), TimeUnit.NANOSECONDS);
        }
    }
}
