package dev.fetchonce.benchmarks.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;

/** An origin that goes down and comes up again every few seconds, always in one way. Thread-safe. */
final class FlappingOrigin implements Origin, Spells.Trouble {
    private static final int SHORTEST_SPELL = 500;
    private static final int LONGEST_OUTAGE = 5_000;
    private static final int DRIP = 3_000 / 8;
    private static final Duration SLOW = Duration.ofMillis(1_300);
    private static final Duration SLOWER = Duration.ofSeconds(3);

    private final Outage outage;
    private final Documents documents;
    private final Random random;
    private final Listener listener;
    private final Spells spells;
    private volatile boolean down;

    /** Starts an origin with these documents. */
    FlappingOrigin(Outage outage, Documents documents, Random random) throws IOException {
        this.outage = outage;
        this.documents = documents;
        this.random = random;
        this.listener = new Listener(this::answer, random);
        this.spells =
                new Spells("soak-flapping", () -> millis(outage.longestPeace()), () -> millis(LONGEST_OUTAGE), this);
    }

    @Override
    public String name() {
        return outage.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Documents documents() {
        return documents;
    }

    @Override
    public Listener listener() {
        return listener;
    }

    @Override
    public void calm() {
        spells.end();
    }

    @Override
    public Duration aftermath(Duration longest) {
        return outage.aftermath(longest);
    }

    @Override
    public void close() throws IOException {
        calm();
        listener.close();
    }

    private int millis(int longest) {
        return longest == 0 ? 0 : random.nextInt(SHORTEST_SPELL, longest + 1);
    }

    @Override
    public void begin() throws IOException {
        down = true;
        if (outage == Outage.REFUSES) {
            listener.refuse();
        }
    }

    @Override
    public void end() throws IOException {
        down = false;
        if (outage == Outage.REFUSES) {
            listener.listen();
        }
    }

    private void answer(Request request, Connection connection) throws IOException, InterruptedException {
        Document document = documents.at(request.path());
        if (!down) {
            connection.send(Reply.good(document, request, random));
            return;
        }
        switch (outage) {
            case UNAVAILABLE -> connection.send(Reply.empty("503 Service Unavailable", ""));
            case HANGS -> connection.hang();
            case REFUSES -> connection.reset();
            case DRIPS -> connection.drip(Reply.good(document, request, random), () -> DRIP);
            case SLOW -> late(SLOW, document, request, connection);
            case SLOWER -> late(SLOWER, document, request, connection);
        }
    }

    private void late(Duration by, Document document, Request request, Connection connection)
            throws IOException, InterruptedException {
        Thread.sleep(by);
        connection.send(Reply.good(document, request, random));
    }
}
