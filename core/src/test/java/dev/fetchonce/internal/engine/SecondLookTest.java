package dev.fetchonce.internal.engine;

import static dev.fetchonce.internal.engine.CallerKind.BACKOFF_CLIENT;
import static dev.fetchonce.internal.engine.CallerKind.HTTP_CLIENT;
import static dev.fetchonce.internal.engine.Samples.by;
import static dev.fetchonce.internal.engine.Samples.lasting;
import static dev.fetchonce.internal.engine.Samples.personal;
import static dev.fetchonce.internal.engine.Samples.refreshing;
import static dev.fetchonce.internal.engine.Samples.request;
import static dev.fetchonce.internal.engine.Samples.response;
import static dev.fetchonce.internal.engine.Samples.to;
import static dev.fetchonce.internal.http.message.Fields.fields;
import static dev.fetchonce.internal.http.stored.Validity.Placement.COMMON;
import static dev.fetchonce.internal.http.stored.Validity.Sharing.ALWAYS;
import static dev.fetchonce.testing.Row.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.http.stored.Change;
import dev.fetchonce.internal.http.stored.Revalidation;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.testing.Row;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The look of a fetch whose flight is installed: the caller found nothing, or a response that it has pinned. */
class SecondLookTest {
    private static final StoredResponse FRESH = response(200, lasting(60));
    private static final StoredResponse STALE = response(200, lasting(0), "Stale", "yes");
    private static final StoredResponse PINNED = response(200, lasting(0), "Pinned", "yes");

    private final Collaborators cache = new Collaborators();
    private CacheRequest request = request();
    private @Nullable StoredResponse pinned;
    private double ahead = 1;

    private void asks(CacheRequest caller) {
        request = caller;
    }

    private SecondLook secondLook() {
        return new SecondLook(cache.store, cache.backoffs, cache.clock, ahead);
    }

    private static String words(SecondLook.Result result) {
        return switch (result) {
            case SecondLook.Superfluous superfluous -> Plans.outcome(superfluous.outcome());
            case SecondLook.Cleared admitted -> {
                StoredResponse standing = admitted.validation().pinned();
                yield standing == null
                        ? "sends"
                        : "sends for the " + (standing.equals(PINNED) ? "pinned" : "stored") + " response";
            }
        };
    }

    static Stream<Row<Consumer<SecondLookTest>>> looks() {
        return Stream.of(
                row("nothing is stored", test -> {}, "sends"),
                row("nothing is stored any more", test -> test.pinned = PINNED, "sends for the pinned response"),
                row("a fresh response is stored", test -> test.cache.stores(request(), FRESH), "already stored 200"),
                row(
                        "a fresh failure is stored",
                        test -> test.cache.stores(request(), response(404, lasting(60))),
                        "already stored 404"),
                row(
                        "a fresh failure is stored before a stale success",
                        test -> {
                            test.cache.stores(request(), STALE);
                            test.cache.stores(request(), response(404, lasting(60)));
                        },
                        "already stored 404"),
                row(
                        "a stale failure is stored before a stale success",
                        test -> {
                            test.cache.stores(request(), STALE);
                            test.cache.stores(request(), response(404, lasting(0)));
                        },
                        "sends for the stored response"),
                row(
                        "a stale response is stored",
                        test -> test.cache.stores(request(), STALE),
                        "sends for the stored response"),
                row(
                        "another response than the pinned one is stored",
                        test -> {
                            test.pinned = PINNED;
                            test.cache.stores(request(), STALE);
                        },
                        "sends for the stored response"),
                row(
                        "a fresh response is stored, and the caller reloads",
                        test -> {
                            test.asks(request("Cache-Control", "no-cache"));
                            test.cache.stores(request(), FRESH);
                        },
                        "sends for the stored response"),
                row(
                        "a fresh response is stored, too old for the caller",
                        test -> {
                            test.asks(request("Cache-Control", "max-age=5"));
                            test.cache.stores(request(), FRESH);
                            test.cache.passes(6);
                        },
                        "sends for the stored response"),
                row(
                        "a stale response is stored, and the caller accepts it",
                        test -> {
                            test.asks(request("Cache-Control", "max-stale"));
                            test.cache.stores(request(), STALE);
                        },
                        "already stored 200"),
                row(
                        "a fresh response is stored, and it is renewed ahead",
                        test -> {
                            test.ahead = 0.5;
                            test.cache.stores(request(), FRESH);
                            test.cache.passes(30);
                        },
                        "sends for the stored response"),
                row(
                        "a fresh response is stored, and it is not yet renewed ahead",
                        test -> {
                            test.ahead = 0.5;
                            test.cache.stores(request(), FRESH);
                            test.cache.passes(29);
                        },
                        "already stored 200"),
                row(
                        "a fresh response for all is stored, and the caller has credentials",
                        test -> {
                            test.asks(personal());
                            test.cache.stores(request(), response(200, lasting(60, ALWAYS, COMMON)));
                        },
                        "already stored 200"),
                row(
                        "a fresh response for a few is stored, and the caller has credentials",
                        test -> {
                            test.asks(personal());
                            test.cache.stores(request(), FRESH);
                        },
                        "sends"),
                row(
                        "a variant of another request is stored",
                        test -> test.cache.stores(request(), to(fields("Accept", "b"), lasting(60), "Vary", "Accept")),
                        "rekeyed"),
                row(
                        "a fresh response is stored, and arrived too long ago for the caller",
                        test -> {
                            test.asks(refreshing(5));
                            test.cache.stores(request(), FRESH);
                            test.cache.passes(5);
                        },
                        "sends for the stored response"),
                row(
                        "a stale response is stored, and has just arrived for another caller",
                        test -> {
                            test.asks(refreshing(5));
                            test.cache.stores(request(), STALE);
                            test.cache.passes(4);
                        },
                        "overtaken"),
                row(
                        "the fetch of another caller has just failed",
                        test -> {
                            test.asks(refreshing(5));
                            test.cache.fails(request());
                            test.cache.passes(4);
                        },
                        "overtaken"),
                row(
                        "the fetch of another caller failed too long ago for the caller",
                        test -> {
                            test.asks(refreshing(5));
                            test.cache.fails(request());
                            test.cache.passes(5);
                        },
                        "sends"),
                row("a backoff is in force", test -> test.cache.fails(request()), "backed off after 1"),
                row(
                        "a backoff is in force, and the caller is a client",
                        test -> {
                            test.asks(by(HTTP_CLIENT));
                            test.cache.fails(request());
                        },
                        "sends"),
                row(
                        "a backoff is in force, and the caller is a client that backs off",
                        test -> {
                            test.asks(by(BACKOFF_CLIENT));
                            test.cache.fails(request());
                        },
                        "backed off after 1"),
                row(
                        "a backoff is in force, and a fresh response is stored",
                        test -> {
                            test.cache.fails(request());
                            test.cache.stores(request(), FRESH);
                        },
                        "already stored 200"),
                row(
                        "the wait of a backoff is over",
                        test -> {
                            test.cache.fails(request());
                            test.cache.passes(1);
                        },
                        "sends"));
    }

    @ParameterizedTest
    @MethodSource("looks")
    void the_fetch_where(Row<Consumer<SecondLookTest>> row) {
        row.given().accept(this);
        FlightKey installed = FlightKey.of(request, request.callerKind(), null);
        assertThat(words(secondLook().look(request, installed, pinned))).isEqualTo(row.outcome());
    }

    @Test
    void a_variant_of_this_request_under_its_new_key_is_no_rekeying() {
        asks(request("Accept", "b"));
        cache.stores(request, to(fields("Accept", "b"), lasting(60), "Vary", "Accept"));
        FlightKey key = Lookup.of(cache.store, request).flightKey(request);
        assertThat(words(secondLook().look(request, key, null))).isEqualTo("already stored 200");
    }

    private SecondLook.Cleared sends() {
        FlightKey key = Lookup.of(cache.store, request).flightKey(request);
        return (SecondLook.Cleared) secondLook().look(request, key, pinned);
    }

    @Test
    void a_fetch_sends_by_the_way_of_the_stored_responses() {
        cache.store.apply(new Change.Put(request.key(), request.headers(), STALE, Revalidation.BY_DATE, 1_000), 0);
        Validation validation = sends().validation();
        assertThat(validation.way()).isEqualTo(Revalidation.BY_DATE);
        assertThat(validation.next()).isEqualTo(Revalidation.BY_DATE);
        assertThat(validation.variants()).containsExactly(STALE);
    }

    @Test
    void a_fetch_that_looks_again_does_not_look_in_the_store() {
        SecondLook.Cleared before = sends();
        cache.stores(request(), FRESH);
        assertThat(secondLook().askBackoffsAgain(request, before)).isEqualTo(before);
    }

    @Test
    void a_fetch_that_looks_again_is_backed_off_by_a_failure_since() {
        SecondLook.Cleared before = sends();
        cache.fails(request());
        assertThat(words(secondLook().askBackoffsAgain(request, before))).isEqualTo("backed off after 1");
    }

    @Test
    void a_probe_that_looks_again_is_still_the_probe() {
        pinned = PINNED;
        cache.fails(request());
        cache.passes(1);
        SecondLook.Cleared before = sends();
        SecondLook.Cleared again = (SecondLook.Cleared) secondLook().askBackoffsAgain(request, before);
        assertThat(again.validation()).isSameAs(before.validation());
        assertThat(again.probe()).isNotEqualTo(before.probe());
        assertThat(words(secondLook().askBackoffsAgain(request("Cache-Control", "no-cache"), before)))
                .isEqualTo("backed off after 1");
        cache.backoffs.returned(request.backoffKey(), again.probe());
        assertThat(words(secondLook().askBackoffsAgain(request, before))).isEqualTo("sends for the pinned response");
    }

    @Test
    void a_fetch_that_has_queued_asks_about_the_responses_that_are_stored_now() {
        pinned = PINNED;
        SecondLook.Cleared before = sends();
        assertThat(words(secondLook().refreshed(request, before))).isEqualTo("sends for the pinned response");
        cache.stores(request(), STALE);
        SecondLook.Cleared later = secondLook().refreshed(request, before);
        assertThat(words(later)).isEqualTo("sends for the stored response");
        assertThat(later.validation().variants()).containsExactly(STALE);
        assertThat(later.probe()).isEqualTo(before.probe());
    }

    @Test
    void before_its_look_a_fetch_has_only_its_pinned_response() {
        SecondLook.Cleared before = SecondLook.Cleared.before(PINNED);
        assertThat(before.validation())
                .isEqualTo(new Validation(PINNED, List.of(), Revalidation.BY_TAG, Revalidation.BY_TAG));
    }
}
