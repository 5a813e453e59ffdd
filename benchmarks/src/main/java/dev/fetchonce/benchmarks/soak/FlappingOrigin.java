package dev.fetchonce.benchmarks.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An origin that goes down and comes up again every few seconds, always in one way. Thread-safe. */
final class FlappingOrigin implements Origin {
    private static final int SHORTEST_SPELL = 500;
    private static final int LONGEST_OUTAGE = 5_000;
    private static final int DRIP = 3_000 / 8;
    private static final Duration SLOW = Duration.ofMillis(1_300);
    private static final Duration SLOWER = Duration.ofSeconds(3);

    private final Outage outage;
    private final List<Document> documents;
    private final Map<String, Document> byPath;
    private final Random random;
    private final Listener listener;
    private final Thread flapping;
    private volatile boolean down;
    private volatile boolean calm;

    /** Starts an origin with these documents. */
    FlappingOrigin(Outage outage, List<Document> documents, Random random) throws IOException {
        this.outage = outage;
        this.documents = documents;
        this.byPath = documents.stream().collect(Collectors.toMap(Document::path, Function.identity()));
        this.random = random;
        this.listener = new Listener(this::answer, random);
        this.flapping = Thread.ofVirtual().name("soak-flapping").start(this::flap);
    }

    @Override
    public String name() {
        return outage.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public List<Document> documents() {
        return documents;
    }

    @Override
    public Listener listener() {
        return listener;
    }

    @Override
    public void calm() {
        calm = true;
        flapping.interrupt();
        try {
            flapping.join(); // this thread may be about to listen again
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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

    private void flap() {
        try {
            while (!calm) {
                sleep(outage.longestPeace());
                goDown();
                try {
                    sleep(LONGEST_OUTAGE);
                } finally {
                    comeUp();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the origin is calm now
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void sleep(int longest) throws InterruptedException {
        Thread.sleep(longest == 0 ? 0 : random.nextInt(SHORTEST_SPELL, longest + 1));
    }

    private void goDown() throws IOException {
        down = true;
        if (outage == Outage.REFUSES) {
            listener.refuse();
        }
    }

    private void comeUp() throws IOException {
        down = false;
        if (outage == Outage.REFUSES) {
            listener.listen();
        }
    }

    private void answer(Request request, Connection connection) throws IOException, InterruptedException {
        Document document = byPath.get(request.path());
        if (document == null) {
            throw new IllegalArgumentException("there is no document at " + request.path());
        }
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
