package dev.fetchonce.benchmarks.soak;

import dev.fetchonce.CachedResponse;
import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A caller that does one action after another until {@link #stop}. It belongs to its thread, and other threads may look
 * at it.
 */
final class Caller implements Runnable {
    private static final int LONGEST_PAUSE_MILLIS = 200;
    private static final int LONGEST_IMPATIENCE_MILLIS = 60;
    private static final int LATEST_INTERRUPT_MILLIS = 40;

    private final HttpCache cache;
    private final FaultyOrigin origin;
    private final List<Document> documents;
    private final Referee referee;
    private final Duration patience;
    private final SplittableRandom random;
    private volatile @Nullable Call call; // null between two calls
    private volatile boolean stopped;

    /** Makes a caller of a cache with this patience. */
    Caller(
            HttpCache cache,
            FaultyOrigin origin,
            List<Document> documents,
            Referee referee,
            Duration patience,
            SplittableRandom random) {
        this.cache = cache;
        this.origin = origin;
        this.documents = documents;
        this.referee = referee;
        this.patience = patience;
        this.random = random;
    }

    /** Ends the caller after the call that is under way. */
    void stop() {
        stopped = true;
    }

    /** Returns the call under way that has lasted longer than it may, if there is one. */
    Optional<Call> overdue() {
        return Optional.ofNullable(call).filter(Call::overdue);
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                Thread.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
                act(Act.of(random.nextDouble()), documents.get(random.nextInt(documents.size())));
            }
        } catch (InterruptedException e) {
            referee.broken("a caller was interrupted without a cause");
        }
    }

    private void act(Act act, Document document) throws InterruptedException {
        Duration own =
                act == Act.IMPATIENT ? Duration.ofMillis(1 + random.nextInt(LONGEST_IMPATIENCE_MILLIS)) : patience;
        Call begun = Call.begin(act, document, own);
        call = begun;
        try {
            perform(begun, document);
        } catch (FetchException e) {
            referee.failed(document, e);
        } catch (IOException | RuntimeException | Error e) {
            referee.broken(begun + " met " + e);
        } finally {
            call = null;
            referee.ended(begun);
        }
    }

    private void perform(Call begun, Document document) throws IOException, InterruptedException {
        String url = origin.url(document.path());
        URI uri = URI.create(url);
        long oldest = document.floor();
        switch (begun.act()) {
            case TREE -> referee.answered(document, page(cache.get(url)), oldest);
            case TYPED -> referee.answered(document, cache.get(url, Page.class), oldest);
            case FETCH -> answered(document, cache.fetch(url), oldest);
            case IMPATIENT -> {
                HttpRequest request =
                        HttpRequest.newBuilder(uri).timeout(begun.patience()).build();
                answered(document, cache.fetch(request), oldest);
            }
            case INTERRUPTED -> interrupted(document, url, oldest);
            case REFRESH -> refreshed(document, uri);
            case PEEK -> {
                Optional<CachedResponse> peeked = cache.peek(uri);
                if (peeked.isPresent()) {
                    referee.seen(document, page(peeked.get()), oldest);
                }
            }
            case INVALIDATE -> {
                long version = document.publish();
                cache.invalidate(uri);
                document.invalidatedBefore(version);
            }
        }
    }

    private void answered(Document document, CachedResponse response, long oldest) throws FetchException {
        referee.answered(document, page(response), oldest);
    }

    private void refreshed(Document document, URI uri) throws IOException, InterruptedException {
        long asked = document.current();
        CachedResponse response = cache.refresh(uri);
        if (response.stale()) {
            referee.broken("a refresh of " + document.path() + " was answered with a stale response");
        }
        answered(document, response, asked);
    }

    /** Fetches on a thread of its own and interrupts that thread. */
    private void interrupted(Document document, String url, long oldest) throws InterruptedException {
        Thread asking = Thread.ofVirtual().name("soak-interrupted").start(() -> {
            try {
                answered(document, cache.fetch(url), oldest);
            } catch (InterruptedException e) {
                referee.interrupted();
            } catch (FetchException e) {
                referee.failed(document, e);
            } catch (RuntimeException | Error e) {
                referee.broken("an interrupted fetch of " + document.path() + " met " + e);
            }
        });
        Thread.sleep(random.nextInt(LATEST_INTERRUPT_MILLIS));
        asking.interrupt();
        if (!asking.join(Referee.GRACE)) {
            referee.broken("an interrupted fetch of " + document.path() + " did not end");
        }
    }

    private static Page page(JsonNode tree) {
        return new Page(
                tree.path("path").asString(),
                tree.path("version").asLong(),
                tree.path("pad").asString());
    }

    /**
     * Returns the page of a response, and compares it by its bytes. A body with other bytes is wrong, even if it
     * decodes to the same page.
     */
    private Page page(CachedResponse response) throws FetchException {
        Page page = response.as(Page.class);
        if (!response.text().equals(page.json())) {
            referee.broken(page.path() + " came with other bytes than it was sent with");
        }
        return page;
    }
}
