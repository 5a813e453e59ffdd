package dev.fetchonce.benchmarks.contenders;

import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The memoizer of "Java Concurrency in Practice", with a freshness lifetime, around the tuned client. It is a map of
 * {@link FutureTask}s, and the leader of each task runs it on its own thread. The waiters wait as long as their
 * patience lasts. The leader waits as long as the exchange lasts, and an interrupt of the leader fails all of them. A
 * failure is not kept. When the map is full, the oldest task is dropped.
 */
final class Memoizer implements Contender {
    private final TunedClient client;
    private final ConcurrentMap<String, Task> tasks = new ConcurrentHashMap<>();
    private final Queue<String> byAge = new ConcurrentLinkedQueue<>();
    private final AtomicInteger kept = new AtomicInteger();
    private final long ttl;
    private final Settings settings;

    Memoizer(Settings settings) {
        this.client = TunedClient.behindCache(settings);
        this.ttl = settings.ttl().toNanos();
        this.settings = settings;
    }

    /** The document of a URL, present or still loading, and its age. */
    private static final class Task extends FutureTask<Document> {
        private final Load load;

        Task(Load load) {
            super(load);
            this.load = load;
        }

        boolean stale(long ttl) {
            return isDone() && System.nanoTime() - load.loaded >= ttl;
        }
    }

    /** Loads a document, and records when it arrived. */
    private static final class Load implements Callable<Document> {
        private final TunedClient client;
        private final String url;
        /** The time of arrival by {@link System#nanoTime}. All threads that see the outcome see it. */
        private long loaded;

        Load(TunedClient client, String url) {
            this.client = client;
            this.url = url;
        }

        @Override
        public Document call() throws Exception {
            Document document = Decoder.decoded(client.send(client.request(url)));
            loaded = System.nanoTime();
            return document;
        }
    }

    @Override
    public Callable<?> call(String url) {
        return () -> get(url);
    }

    private Document get(String url) throws InterruptedException, ExecutionException, TimeoutException {
        while (true) {
            Task known = tasks.get(url);
            if (known != null && !known.stale(ttl)) {
                return followed(known);
            }
            Task mine = new Task(new Load(client, url));
            if (installed(url, known, mine)) {
                return lead(url, mine);
            }
        }
    }

    private Document followed(Task task) throws InterruptedException, ExecutionException, TimeoutException {
        return settings.unhurried() ? task.get() : task.get(settings.patience().toNanos(), TimeUnit.NANOSECONDS);
    }

    private boolean installed(String url, @Nullable Task known, Task mine) {
        if (known != null) {
            return tasks.replace(url, known, mine);
        }
        boolean first = tasks.putIfAbsent(url, mine) == null;
        if (first) {
            byAge.add(url);
            if (kept.incrementAndGet() > settings.maximumDocuments()) {
                drop(byAge.poll());
            }
        }
        return first;
    }

    private void drop(@Nullable String oldest) {
        if (oldest != null) {
            kept.decrementAndGet();
            tasks.remove(oldest);
        }
    }

    private Document lead(String url, Task task) throws InterruptedException, ExecutionException {
        task.run();
        try {
            return task.get();
        } catch (ExecutionException e) {
            tasks.remove(url, task); // its URL stays in the queue, and comes twice after the next load
            throw e;
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
