package dev.fetchonce.benchmarks.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * An origin that is always in trouble, in another way for each URL. From time to time it refuses every connection.
 * Thread-safe.
 */
final class FaultyOrigin implements Origin {
    private static final int SHORTEST_PEACE = 6_000;
    private static final int LONGEST_PEACE = 15_000;
    private static final int SHORTEST_OUTAGE = 300;
    private static final int LONGEST_OUTAGE = 2_000;

    private final List<Document> documents;
    private final Map<String, Document> byPath;
    private final Map<String, Moods> moods;
    private final LongAdder outages = new LongAdder();
    private final Random random;
    private final Listener listener;
    private final Thread trouble;
    private volatile boolean calm;

    /** Starts an origin with these documents. */
    FaultyOrigin(List<Document> documents, Random random) throws IOException {
        this.documents = documents;
        this.byPath = documents.stream().collect(Collectors.toMap(Document::path, Function.identity()));
        this.moods = documents.stream()
                .collect(Collectors.toMap(Document::path, document -> new Moods(new Random(random.nextLong()))));
        this.random = random;
        this.listener = new Listener(this::answer, random);
        this.trouble = Thread.ofVirtual().name("soak-outages").start(this::outages);
    }

    @Override
    public String name() {
        return "faulty";
    }

    @Override
    public List<Document> documents() {
        return documents;
    }

    @Override
    public Listener listener() {
        return listener;
    }

    /** Returns how many times it has refused every connection for a while. */
    long refusals() {
        return outages.sum();
    }

    @Override
    public void calm() {
        calm = true;
        trouble.interrupt();
        try {
            trouble.join(); // this thread may be about to listen again
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Duration aftermath(Duration longest) {
        return longest;
    }

    @Override
    public void close() throws IOException {
        calm();
        listener.close();
    }

    private void outages() {
        try {
            while (!calm) {
                Thread.sleep(millis(SHORTEST_PEACE, LONGEST_PEACE));
                listener.refuse();
                outages.increment();
                try {
                    Thread.sleep(millis(SHORTEST_OUTAGE, LONGEST_OUTAGE));
                } finally {
                    listener.listen();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the origin is calm now
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(Request request, Connection connection) throws IOException, InterruptedException {
        Document document = byPath.get(request.path());
        Moods own = moods.get(request.path());
        if (document == null || own == null) {
            throw new IllegalArgumentException("there is no document at " + request.path());
        }
        answer(calm ? Mood.WELL : own.now(), document, request, connection);
    }

    private void answer(Mood mood, Document document, Request request, Connection connection)
            throws IOException, InterruptedException {
        switch (mood) {
            case WELL -> connection.send(Reply.good(document, request, random));
            case SLOW -> {
                Thread.sleep(millis(20, 400));
                connection.send(Reply.good(document, request, random));
            }
            case UNAVAILABLE -> connection.send(Reply.empty("503 Service Unavailable", ""));
            case BUSY -> connection.send(Reply.empty("503 Service Unavailable", retryAfter()));
            case GONE -> connection.send(Reply.empty("404 Not Found", ""));
            case HANGS -> connection.hang();
            case RESETS -> connection.reset();
            case DRIPS -> connection.drip(Reply.good(document, request, random), () -> millis(1, 150));
            case TRUNCATES -> {
                Reply good = Reply.good(document, request, random);
                connection.sendPart(good, millis(1, good.text().length() - 1));
                if (random.nextBoolean()) {
                    connection.reset();
                } else {
                    connection.close();
                }
            }
            case FLAPS -> throw new IllegalStateException("no mood for one request");
        }
    }

    private String retryAfter() {
        String when = random.nextBoolean()
                ? "1"
                : DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        Instant.now().plusSeconds(2).atOffset(ZoneOffset.UTC));
        return "Retry-After: " + when + "\r\n";
    }

    private int millis(int least, int most) {
        return random.nextInt(least, most + 1);
    }
}
