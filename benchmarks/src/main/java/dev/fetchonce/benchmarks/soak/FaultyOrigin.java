package dev.fetchonce.benchmarks.soak;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
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

    private final Documents documents;
    private final Map<String, Moods> moods;
    private final LongAdder outages = new LongAdder();
    private final Random random;
    private final Listener listener;
    private final Spells spells;

    /** Starts an origin with these documents. */
    FaultyOrigin(Documents documents, Random random) throws IOException {
        this.documents = documents;
        this.moods = documents.all().stream()
                .collect(Collectors.toMap(Document::path, document -> new Moods(new Random(random.nextLong()))));
        this.random = random;
        this.listener = new Listener(this::answer, random);
        this.spells = new Spells(
                "soak-outages",
                () -> millis(SHORTEST_PEACE, LONGEST_PEACE),
                () -> millis(SHORTEST_OUTAGE, LONGEST_OUTAGE),
                new Refusal());
    }

    @Override
    public String name() {
        return "faulty";
    }

    @Override
    public Documents documents() {
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
        spells.end();
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

    /** A time without any connection. */
    private final class Refusal implements Spells.Trouble {
        @Override
        public void begin() throws IOException {
            listener.refuse();
            outages.increment();
        }

        @Override
        public void end() throws IOException {
            listener.listen();
        }
    }

    private void answer(Request request, Connection connection) throws IOException, InterruptedException {
        Document document = documents.at(request.path());
        Moods own = Objects.requireNonNull(moods.get(document.path()), "a document has its moods");
        answer(spells.over() ? Mood.WELL : own.now(), document, request, connection);
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
