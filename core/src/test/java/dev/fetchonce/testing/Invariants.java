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
 * Makes what a test uses, and looks after every test whether all is as it must be when no call is under way: no flight up,
 * the inner invariants true, and after the caches were closed no thread and no connection left.
 */
public final class Invariants implements BeforeEachCallback, AfterEachCallback {
    private static final Pattern OURS = Pattern.compile("(?:fetchonce-|HttpClient-).*");

    /** What tests use as a secret in queries, credentials and bodies; no log line may show it. */
    public static final String SECRET = "geheim";

    private Set<Long> before = Set.of();
    private Logs logs;
    private final List<HttpCache> caches = new CopyOnWriteArrayList<>();
    private final List<FakeOrigin> origins = new CopyOnWriteArrayList<>();
    private final List<ScriptedOrigin> scripted = new CopyOnWriteArrayList<>();
    private final List<Latch> gates = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> others = new CopyOnWriteArrayList<>();

    public FakeOrigin origin() {
        FakeOrigin origin = new FakeOrigin();
        origins.add(origin);
        return origin;
    }

    public ScriptedOrigin scripted() {
        return scripted(new ScriptedOrigin());
    }

    /** Looks after this one as well. */
    public ScriptedOrigin scripted(ScriptedOrigin origin) {
        scripted.add(origin);
        return origin;
    }

    public HttpCache cache() {
        return cache(builder -> builder);
    }

    /**
     * A cache with these options, closed after the test. It waits for longer than a busy machine can take: what a test
     * shows must not hang on how fast it is.
     */
    public HttpCache cache(UnaryOperator<HttpCache.Builder> options) {
        return impatient(b -> options.apply(b.timeout(Duration.ofSeconds(30)).patience(Duration.ofSeconds(40))));
    }

    /**
     * A cache with these options and the defaults of the library, but that it asks an origin that has failed again at once;
     * it is closed after the test.
     */
    public HttpCache impatient(UnaryOperator<HttpCache.Builder> options) {
        return withBackoff(b -> options.apply(b.backoff(Duration.ZERO, Duration.ZERO)));
    }

    /** A cache with these options and the defaults of the library; it is closed after the test. */
    public HttpCache withBackoff(UnaryOperator<HttpCache.Builder> options) {
        HttpCache cache = options.apply(HttpCache.builder()).build();
        caches.add(cache);
        return cache;
    }

    /** What the cache has logged since the test began. */
    public Logs logs() {
        return logs;
    }

    /** A gate; it is opened after the test. */
    public Latch gate() {
        Latch gate = new Latch();
        gates.add(gate);
        return gate;
    }

    /** Something that is to be closed after the caches are. */
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
        gates.forEach(Latch::open);
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
        List.of(caches, origins, scripted, gates, others).forEach(List::clear);
        if (broken != null && context.getExecutionException().isEmpty()) {
            throw broken;
        }
    }

    /** The threads of caches and of their clients by number, virtual ones included. */
    public static Map<Long, String> threads() {
        return LiveThreads.named(OURS);
    }

    /** The threads that there were not when the test began. */
    private Map<Long, String> newThreads() {
        Map<Long, String> threads = threads();
        threads.keySet().removeAll(before);
        return threads;
    }
}
