package dev.fetchonce.benchmarks.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fetchonce.FetchException;
import dev.fetchonce.HttpCache;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The referee must see the faults for which the soak test looks. */
class RefereeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final MachineClock clock = new MachineClock();
    private final Referee referee = new Referee(clock);
    private final Document document = new Document("/page/1");

    @AfterEach
    void closeClock() {
        clock.close();
    }

    private Target target(HttpCache cache, String url, Promise promise) {
        return new Target(cache, URI.create(url), "", document, new Shelf(), promise, clock);
    }

    private static FetchException failure(HttpCache cache, String url) throws InterruptedException {
        try {
            throw new AssertionError(cache.get(url) + " is an answer of an origin that is away");
        } catch (FetchException e) {
            return e;
        }
    }

    @Test
    void failure_is_a_fault_only_where_a_response_was_stored_all_the_time() throws IOException, InterruptedException {
        try (Listener away = new Listener((request, connection) -> connection.reset(), new Random(1));
                HttpCache cache = HttpCache.create()) {
            String url = away.url("/page/1");
            FetchException failure = failure(cache, url);
            Target target = target(cache, url, Promise.STANDS_IN);

            referee.failed(Call.begin(Act.FETCH, target, PATIENCE, clock), failure);
            assertEquals(0, referee.faults(), "nothing is stored");

            target.answered(target.shelf().drops());
            Call stored = Call.begin(Act.FETCH, target, PATIENCE, clock);
            referee.failed(Call.begin(Act.REFRESH, target, PATIENCE, clock), failure);
            assertEquals(0, referee.faults(), "a refresh takes no stored response");
            referee.failed(stored, failure);
            assertEquals(1, referee.faults());

            target.invalidate();
            referee.failed(stored, failure);
            assertEquals(1, referee.faults(), "an invalidation came between");
        }
    }

    @Test
    void failure_of_a_user_without_a_limit_is_a_fault() throws IOException, InterruptedException {
        try (Listener away = new Listener((request, connection) -> connection.reset(), new Random(1));
                HttpCache cache = HttpCache.create()) {
            String url = away.url("/page/1");
            Target target = target(cache, url, Promise.SERVES);
            referee.failed(Call.begin(Act.FETCH, target, PATIENCE, clock), failure(cache, url));
            assertEquals(1, referee.faults());
        }
    }

    @Test
    void calls_that_the_cache_did_not_count_are_a_fault() {
        try (HttpCache cache = HttpCache.create()) {
            Tally tally = new Tally();
            referee.counted("a cache", cache.stats(), tally);
            assertEquals(0, referee.faults());
            tally.ended(Act.PEEK, Duration.ZERO);
            referee.counted("a cache", cache.stats(), tally);
            assertEquals(0, referee.faults(), "a look counts nothing");
            tally.ended(Act.FETCH, Duration.ZERO);
            referee.counted("a cache", cache.stats(), tally);
            assertEquals(1, referee.faults());
        }
    }
}
