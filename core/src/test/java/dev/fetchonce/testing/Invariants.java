package dev.fetchonce.testing;

import ch.qos.logback.classic.Level;
import dev.fetchonce.HttpCache;
import dev.fetchonce.Insides;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Makes the caches and origins of a test, and checks the state after each test, when no call is under way. No flight is
 * up, and the inner invariants hold. After the close of the caches no thread and no connection is left.
 */
public final class Invariants implements BeforeEachCallback, AfterEachCallback {
    private static final Pattern OURS = Pattern.compile("(?:fetchonce-|HttpClient-).*");

    /** The secret that tests use in queries, credentials and bodies; no log line may show it. */
    public static final String SECRET = "geheim";

    private Set<Long> before = Set.of();
    private Logs logs;
    private final List<HttpCache> caches = new CopyOnWriteArrayList<>();
    private final List<FakeOrigin> origins = new CopyOnWriteArrayList<>();
    private final List<ScriptedOrigin> scripted = new CopyOnWriteArrayList<>();
    private final List<Latch> latches = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> others = new CopyOnWriteArrayList<>();

    public FakeOrigin origin() {
        FakeOrigin origin = new FakeOrigin();
        origins.add(origin);
        return origin;
    }

    public ScriptedOrigin scripted() {
        return scripted(new ScriptedOrigin());
    }

    /** Adds an origin to the checks after the test. */
    public ScriptedOrigin scripted(ScriptedOrigin origin) {
        scripted.add(origin);
        return origin;
    }

    public HttpCache cache() {
        return cache(builder -> builder);
    }

    /**
     * Returns a cache with these options, closed after the test. Its timeouts are longer than a busy machine needs. The
     * result of a test must not depend on the speed of the machine.
     */
    public HttpCache cache(UnaryOperator<HttpCache.Builder> options) {
        return impatient(b -> options.apply(b.timeout(Duration.ofSeconds(30)).patience(Duration.ofSeconds(40))));
    }

    /**
     * Returns a cache with these options and the defaults of the library, closed after the test. It has no backoff:
     * after a failure it asks the origin again at once.
     */
    public HttpCache impatient(UnaryOperator<HttpCache.Builder> options) {
        return withBackoff(b -> options.apply(b.backoff(Duration.ZERO, Duration.ZERO)));
    }

    /** Returns a cache with these options and the defaults of the library, closed after the test. */
    public HttpCache withBackoff(UnaryOperator<HttpCache.Builder> options) {
        HttpCache cache = options.apply(HttpCache.builder()).build();
        caches.add(cache);
        return cache;
    }

    /** Returns the log of the cache since the start of the test. */
    public Logs logs() {
        return logs;
    }

    /** Returns a latch, which opens after the test. */
    public Latch latch() {
        Latch latch = new Latch();
        latches.add(latch);
        return latch;
    }

    /** Registers a resource, which is closed after the caches. */
    public <T extends AutoCloseable> T closing(T what) {
        others.add(what);
        return what;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        logs = new Logs();
        before = Set.copyOf(threads().keySet());
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        latches.forEach(Latch::open);
        AssertionError broken = null;
        try {
            for (HttpCache cache : caches) {
                Await.until("no flight is up", () -> Insides.fetchesInProgress(cache) == 0);
                Insides.check(cache);
            }
        } catch (AssertionError e) {
            broken = e;
        }
        caches.forEach(HttpCache::close);
        for (AutoCloseable other : others) {
            other.close();
        }
        try {
            Await.until("no thread of a cache is left", () -> newThreads().isEmpty());
            Await.until("no connection is left", () -> origins.stream().allMatch(origin -> origin.connections() == 0));
            Await.until("no connection is left", () -> scripted.stream().allMatch(origin -> origin.open() == 0));
        } catch (AssertionError e) {
            broken = broken == null ? new AssertionError(e.getMessage() + "; threads: " + newThreads(), e) : broken;
        }
        origins.forEach(FakeOrigin::close);
        scripted.forEach(ScriptedOrigin::close);
        logs.close();
        for (String line : logs.messages(Level.DEBUG)) {
            if (line.contains(SECRET)) {
                throw new AssertionError("a secret was logged: " + line);
            }
        }
        List.of(caches, origins, scripted, latches, others).forEach(List::clear);
        if (broken != null && context.getExecutionException().isEmpty()) {
            throw broken;
        }
    }

    /** Returns the threads of caches and of their clients by number, virtual threads included. */
    public static Map<Long, String> threads() {
        return LiveThreads.named(OURS);
    }

    /** Returns the threads that did not exist when the test began. */
    private Map<Long, String> newThreads() {
        Map<Long, String> threads = threads();
        threads.keySet().removeAll(before);
        return threads;
    }
}
