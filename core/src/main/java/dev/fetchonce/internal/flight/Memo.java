package dev.fetchonce.internal.flight;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
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
public final class Memo<K, V> {
    private final AtomicReference<@Nullable Entry<K, V>> head = new AtomicReference<>();

    /** The value for this key if it has been made, else null. Allocates nothing. */
    public @Nullable V peek(K key) {
        Entry<K, V> entry = find(head.get(), key);
        return entry == null ? null : entry.making.value;
    }

    /**
     * The value for this key, made now if it has not been made before.
     *
     * <p>An interrupt does not end the wait for another thread's making, which is computation only; it stays pending.
     *
     * @throws ExecutionException what the making threw; an exception is remembered like a value, an Error is not
     * @throws IllegalStateException when the making itself asks for the value
     */
    public V get(K key, Callable<V> maker) throws ExecutionException {
        for (; ; ) {
            Entry<K, V> first = head.get();
            Entry<K, V> entry = find(first, key);
            if (entry != null) {
                return entry.making.get(key);
            }
            Entry<K, V> mine = new Entry<>(key, new Making<>(maker), first);
            if (head.compareAndSet(first, mine)) {
                return make(mine);
            }
        }
    }

    /** Calls back for each value that has been made. */
    public void forEach(BiConsumer<? super K, ? super V> action) {
        for (Entry<K, V> entry = head.get(); entry != null; entry = entry.next) {
            V value = entry.making.value;
            if (value != null) {
                action.accept(entry.key, value);
            }
        }
    }

    private V make(Entry<K, V> mine) throws ExecutionException {
        mine.making.task.run();
        mine.making.maker = null;
        try {
            return mine.making.get(mine.key);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error) {
                head.updateAndGet(first -> without(first, mine.making));
            }
            throw e;
        }
    }

    private static <K, V> @Nullable Entry<K, V> find(@Nullable Entry<K, V> first, K key) {
        for (Entry<K, V> entry = first; entry != null; entry = entry.next) {
            if (entry.key.equals(key)) {
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

    private record Entry<K, V>(
            K key, Making<V> making, @Nullable Entry<K, V> next) {}

    /** Shared by an entry and its copies. */
    private static final class Making<V> {
        final FutureTask<V> task;

        /** Who makes the value; null once it is made, so that the thread is not kept. */
        volatile @Nullable Thread maker = Thread.currentThread();

        /** Repeats the task's value once it is there, for readers that must not allocate or wait. */
        volatile @Nullable V value;

        Making(Callable<V> maker) {
            task = new FutureTask<>(maker);
        }

        V get(Object key) throws ExecutionException {
            if (!task.isDone() && maker == Thread.currentThread()) {
                throw new IllegalStateException("the making of " + key + " asks for its own result");
            }
            boolean interrupted = false;
            try {
                for (; ; ) {
                    try {
                        V made = task.get();
                        value = made;
                        return made;
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
