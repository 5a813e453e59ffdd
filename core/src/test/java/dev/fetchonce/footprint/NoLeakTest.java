package dev.fetchonce.footprint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.Crowd;
import dev.fetchonce.testing.Invariants;
import dev.fetchonce.testing.ScriptedOrigin;
import dev.fetchonce.testing.ScriptedOrigin.Request;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An origin that fails often. No connection, thread or file descriptor is left over. */
class NoLeakTest {
    private static final int OF_EACH = 1_000;
    private static final int AT_ONCE = 50;

    /**
     * The most file descriptors that may be left over: those of classes that are loaded late, and those of the poller
     * of virtual threads.
     */
    private static final int TOLERATED = 30;

    private static final String OK = "HTTP/1.1 200 OK|";

    @RegisterExtension
    final Invariants given = new Invariants();

    private final ScriptedOrigin origin = given.scripted();

    /** The faults of the origin. */
    enum Fault {
        FIN_AT_ONCE,
        RST_AT_ONCE,
        CUT_OFF,
        RESET_IN_A_CHUNK,
        NO_HTTP,
        BAD_LENGTH,
        TOO_LARGE,
        BAD_CHUNK,
        BAD_GZIP,
        DRIPPING;

        void play(Request request) throws Exception {
            switch (this) {
                case FIN_AT_ONCE -> request.fin();
                case RST_AT_ONCE -> request.reset();
                case CUT_OFF -> request.send(OK + "Content-Length: 9||hello").fin();
                case RESET_IN_A_CHUNK ->
                    request.send(OK + "Transfer-Encoding: chunked||9|hello").reset();
                case NO_HTTP -> request.send("SSH-2.0-OpenSSH_9.2||");
                case BAD_LENGTH -> request.send(OK + "Content-Length: -1||hello");
                case TOO_LARGE -> request.send(OK + "Content-Length: 999999999||hello");
                case BAD_CHUNK -> request.send(OK + "Transfer-Encoding: chunked||zz|hello");
                case BAD_GZIP -> request.send(OK + "Connection: close|Content-Encoding: gzip|Content-Length: 5||hello");
                case DRIPPING -> request.send(OK + "Content-Length: 99999||").drip("x", Duration.ofMillis(20));
            }
        }
    }

    private static Fault fault(int i) {
        return Fault.values()[i % Fault.values().length];
    }

    private static long descriptors() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }

    /**
     * Plays that many faults of each kind. Returns, for each kind, the number of faults that the caller did not notice.
     */
    private Map<Fault, AtomicInteger> suffer(HttpCache cache, int ofEach, String path) {
        Map<Fault, AtomicInteger> unnoticed = new EnumMap<>(Fault.class);
        for (Fault fault : Fault.values()) {
            unnoticed.put(fault, new AtomicInteger());
        }
        AtomicInteger next = new AtomicInteger();
        int all = ofEach * Fault.values().length;
        Callable<Integer> worker = () -> {
            int done = 0;
            for (int i = next.getAndIncrement(); i < all; i = next.getAndIncrement()) {
                try {
                    cache.fetch(origin.url(path + i));
                    unnoticed.get(fault(i)).incrementAndGet();
                } catch (FetchException e) {
                    done++;
                }
            }
            return done;
        };
        Crowd.of(AT_ONCE, worker).values();
        return unnoticed;
    }

    private static List<String> threads() {
        return Invariants.threads().values().stream()
                .filter(name -> name.startsWith("fetchonce-"))
                .toList();
    }

    @Test
    void a_thousand_faults_of_each_kind_leave_no_connection_no_thread_and_no_descriptor() throws IOException {
        Assumptions.assumeTrue(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean);
        origin.on(
                "/warm/",
                request -> fault(Integer.parseInt(request.path().substring(6))).play(request));
        origin.on(
                "/",
                request -> fault(Integer.parseInt(request.path().substring(1))).play(request));
        HttpCache cache = given.impatient(b -> b.timeout(Duration.ofMillis(300))
                .firstTimeout(Duration.ofMillis(300))
                .patience(Duration.ofSeconds(60)));
        suffer(cache, AT_ONCE / Fault.values().length, "/warm/");
        Await.until("all has ended once", () -> origin.open() == 0 && threads().isEmpty());
        long before = descriptors();

        Map<Fault, AtomicInteger> unnoticed = suffer(cache, OF_EACH, "/");

        assertThat(unnoticed).allSatisfy((fault, count) -> assertThat(count).hasValue(0));
        Await.until("no connection is left", () -> origin.open() == 0);
        Await.until("no thread is left: " + threads(), () -> threads().isEmpty());
        Await.until(
                "the " + before + " descriptors are not many more: " + descriptors(),
                () -> descriptors() <= before + TOLERATED);
        assertThat(cache.stats().fetchesInProgress()).isZero();
        assertThat(cache.stats().entries()).isZero();
    }
}
