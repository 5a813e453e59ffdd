package dev.fetchonce.benchmarks.soak;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;

/**
 * The main class of the soak test, {@code mvn -q -Psoak}. For the first half of its time a {@link Crowd} of callers asks
 * an origin that fails in every way it knows. Then come the {@link Troubles} of origins that flap, are slow or limit their
 * users, and the {@link Departure} of a cache in the midst of trouble. It ends with a verdict. Its exit code is 1 after any fault:
 *
 * <ul>
 *   <li>a call hung, or an answer was wrong;
 *   <li>a stored answer did not stand in, or a caller waited for long beside it;
 *   <li>a limited user sent a request too early, or another user felt the limit;
 *   <li>a URL was not fresh soon after the trouble;
 *   <li>a caller of a closed cache went on to wait;
 *   <li>the heap grew, the counts were wrong, or a thread or a socket was left.
 * </ul>
 *
 * <p>System properties: {@code soak.minutes}, by default 2, and {@code soak.seed}. The seed sets the random numbers of
 * each caller and each URL. The machine decides the order of the threads.
 */
public final class Soak {
    private static final long SHORTEST_SECONDS = 8;

    private Soak() {}

    /**
     * Runs the test. Takes no arguments.
     *
     * @throws Exception when an origin cannot be started
     */
    public static void main(String[] args) throws Exception {
        String given = System.getProperty("soak.seed", "");
        long seed = given.isBlank() ? new Random().nextInt(1_000_000) : Long.parseLong(given);
        double minutes = Double.parseDouble(System.getProperty("soak.minutes", "2"));
        long seconds = Math.max(SHORTEST_SECONDS, Math.round(minutes * 60));
        System.out.println(Crowd.CALLERS + " callers, " + Crowd.URLS + " URLs, " + seconds + " s, -Dsoak.seed=" + seed);
        System.exit(run(new Random(seed), seconds) == 0 ? 0 : 1);
    }

    private static long run(Random random, long seconds) throws IOException, InterruptedException {
        long began = System.nanoTime();
        try (MachineClock clock = new MachineClock()) {
            Referee referee = new Referee(clock);
            int before = socketsBefore();
            new Crowd(referee, clock, new Random(random.nextLong())).run(seconds / 2);
            new Troubles(referee, clock, new Random(random.nextLong())).run(seconds - seconds / 2);
            new Departure(referee, new Random(random.nextLong())).run();
            referee.settles("no socket is left", Duration.ZERO, () -> Sockets.open() <= before);
            System.out.printf(
                    "the machine stalled for %,d ms of %,d ms%n",
                    clock.stalled().toMillis(), (System.nanoTime() - began) / 1_000_000);
            referee.told().forEach(each -> System.out.println("BROKEN: " + each));
            System.out.println(
                    referee.faults() == 0
                            ? "verdict: good. Nothing hung, no wrong answer, no limit broken, heap and threads flat"
                            : "verdict: BROKEN, " + referee.faults() + " times");
            return referee.faults();
        }
    }

    /** Returns the number of open sockets once the JDK has those that it keeps. */
    private static int socketsBefore() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket accepted = listener.accept()) {
            client.getOutputStream().write(0);
            accepted.getInputStream().readNBytes(1);
        }
        return Sockets.open();
    }
}
