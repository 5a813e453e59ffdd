package dev.fetchonce.benchmarks.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** An origin that limits the rate of some users, and answers all others well. Thread-safe. */
final class LimitingOrigin implements Origin {
    private final Documents documents;
    private final Map<String, UserLimit> limits;
    private final Random random;
    private final Listener listener;
    private volatile boolean calm;

    /**
     * Starts an origin with these documents.
     *
     * @param limits the limits, by the values of Authorization
     */
    LimitingOrigin(Documents documents, Map<String, UserLimit> limits, Random random) throws IOException {
        this.documents = documents;
        this.limits = Map.copyOf(limits);
        this.random = random;
        this.listener = new Listener(this::answer, random);
    }

    @Override
    public String name() {
        return "limiting";
    }

    @Override
    public Documents documents() {
        return documents;
    }

    @Override
    public Listener listener() {
        return listener;
    }

    /** Returns the number of limits so far, of all users. */
    long limits() {
        return limits.values().stream().mapToLong(UserLimit::limits).sum();
    }

    /** Begins no further limit. */
    @Override
    public void calm() {
        calm = true;
    }

    @Override
    public Duration aftermath(Duration longest) {
        return UserLimit.LONGEST;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void answer(Request request, Connection connection) throws IOException {
        Document document = documents.at(request.path());
        Optional<Reply> limited = Optional.ofNullable(limits.get(request.user()))
                .flatMap(limit -> limit.refused().or(() -> calm ? Optional.empty() : limit.begun()));
        connection.send(limited.orElseGet(() -> Reply.good(document, request, random)));
    }
}
