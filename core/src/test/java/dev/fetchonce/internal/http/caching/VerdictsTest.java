package dev.fetchonce.internal.http.caching;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static dev.fetchonce.internal.http.message.Fields.stored;
import static dev.fetchonce.internal.http.stored.Validity.Placement.PARTITION;
import static dev.fetchonce.internal.http.stored.Validity.Sharing.ALWAYS;
import static dev.fetchonce.internal.http.stored.Validity.Staleness.ALLOWED;
import static dev.fetchonce.internal.http.stored.Validity.Staleness.FORBIDDEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.FailureRule;
import dev.fetchonce.internal.http.message.RequestDirectives;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of all decisions of Reuse, Storability and FailureRule. */
class VerdictsTest {
    @Nested
    class OfReuse {
        private static final Reuse.Demand AFRESH = new Reuse.Demand(RequestDirectives.NONE, true);
        private static final BackoffState BACKOFF =
                new BackoffState(1, 0, Failure.of(Reason.CONNECT, "m"), new BackoffState.Waiting(1_000, false));

        private static Reuse.Decision decide(StoredResponse stored, boolean afresh, long now) {
            return Reuse.decide(stored, null, 1, afresh ? AFRESH : Reuse.Demand.NONE, now);
        }

        @Test
        void a_backoff_holds_back_all_but_a_fresh_response() {
            StoredResponse stored = stored(new Validity(100, 0, 0, 1_000, 0, ALLOWED, ALWAYS, false, PARTITION));
            double early = 0.5;
            assertThat(Reuse.decide(null, BACKOFF, early, Reuse.Demand.NONE, 0)).isEqualTo(new Reuse.BackOff(BACKOFF));
            assertThat(Reuse.decide(stored, BACKOFF, early, Reuse.Demand.NONE, 150))
                    .isEqualTo(new Reuse.BackOff(BACKOFF));
            assertThat(Reuse.decide(stored, BACKOFF, early, AFRESH, 0)).isEqualTo(new Reuse.BackOff(BACKOFF));
            assertThat(Reuse.decide(stored, BACKOFF, early, Reuse.Demand.NONE, 99))
                    .isEqualTo(new Reuse.Serve(stored));
        }

        @Test
        void past_a_fraction_of_its_lifetime_a_fresh_response_is_renewed_ahead() {
            StoredResponse stored = stored(100, 0);
            double early = 0.8;
            assertThat(Reuse.decide(stored, null, early, Reuse.Demand.NONE, 79)).isEqualTo(new Reuse.Serve(stored));
            assertThat(Reuse.decide(stored, null, early, Reuse.Demand.NONE, 80))
                    .isEqualTo(new Reuse.ServeAndRefresh(stored));
            assertThat(Reuse.decide(stored, null, early, AFRESH, 80)).isEqualTo(new Reuse.Revalidate(stored));
            assertThat(Reuse.decide(stored, null, early, Reuse.Demand.NONE, 100))
                    .isEqualTo(new Reuse.Revalidate(stored));
        }

        @Test
        void within_its_window_a_stale_response_is_served_while_it_is_renewed() {
            StoredResponse stored = stored(new Validity(100, 0, 0, 50, 0, ALLOWED, ALWAYS, false, PARTITION));
            double early = 1;
            assertThat(Reuse.decide(stored, null, early, Reuse.Demand.NONE, 99)).isEqualTo(new Reuse.Serve(stored));
            assertThat(Reuse.decide(stored, null, early, Reuse.Demand.NONE, 100))
                    .isEqualTo(new Reuse.ServeAndRefresh(stored));
            assertThat(Reuse.decide(stored, null, early, Reuse.Demand.NONE, 150))
                    .isEqualTo(new Reuse.ServeAndRefresh(stored));
            assertThat(Reuse.decide(stored, null, early, Reuse.Demand.NONE, 151))
                    .isEqualTo(new Reuse.Revalidate(stored));
            assertThat(Reuse.decide(stored, null, early, AFRESH, 100)).isEqualTo(new Reuse.Revalidate(stored));
        }

        @Test
        void nothing_stored_is_a_miss() {
            assertThat(decide(null, false, 0)).isEqualTo(new Reuse.Miss());
            assertThat(decide(null, true, 0)).isEqualTo(new Reuse.Miss());
        }

        @Test
        void a_fresh_response_is_served() {
            StoredResponse stored = stored(100, 0);
            assertThat(decide(stored, false, 99)).isEqualTo(new Reuse.Serve(stored));
        }

        @Test
        void a_stale_response_is_revalidated() {
            StoredResponse stored = stored(100, 0);
            assertThat(decide(stored, false, 100)).isEqualTo(new Reuse.Revalidate(stored));
        }

        @Test
        void a_lifetime_of_zero_is_always_stale() {
            StoredResponse stored = stored(0, 50);
            assertThat(decide(stored, false, 50)).isEqualTo(new Reuse.Revalidate(stored));
            assertThat(decide(stored, false, 0)).isEqualTo(new Reuse.Revalidate(stored));
        }

        @Test
        void a_caller_that_wants_it_afresh_is_not_served_from_the_store() {
            StoredResponse stored = stored(100, 0);
            assertThat(decide(stored, true, 1)).isEqualTo(new Reuse.Revalidate(stored));
        }
    }

    @Nested
    class OfStorability {
        @Test
        void an_answer_is_judged_by_its_status() {
            for (int status = 100; status <= 599; status++) {
                judgedWithoutLocation(status, false);
                judgedWithoutLocation(status, true);
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {301, 308})
        void a_permanent_redirect_is_kept(int status) {
            assertThat(judged(status, "/b")).isEqualTo(new Disposition.Store());
        }

        @ParameterizedTest
        @ValueSource(ints = {302, 303, 307})
        void another_redirect_is_for_those_who_wait_only(int status) {
            assertThat(judged(status, "/b")).isEqualTo(new Disposition.Pass());
        }

        @ParameterizedTest
        @ValueSource(ints = {301, 302, 303, 307, 308})
        void a_redirect_to_a_url_that_is_not_allowed_replaces_nothing(int status) {
            for (String location : List.of("ftp://h/", "http://h/?secret")) {
                Failure failure = ((Disposition.Refuse) judged(status, location)).failure();
                assertThat(failure.reason()).isEqualTo(Reason.REDIRECT);
                assertThat(failure.message()).contains("https://h").doesNotContain("secret");
                assertThat(FailureRule.covers(failure)).isTrue();
            }
        }

        @Test
        void a_location_means_nothing_to_the_other_statuses() {
            assertThat(judged(201, "/b")).isEqualTo(new Disposition.Store());
            for (int status : List.of(300, 304, 305, 306, 309, 404, 503)) {
                assertThat(judged(status, "/b")).as("%d", status).isInstanceOf(Disposition.Refuse.class);
            }
        }

        private static Disposition.Verdict judged(int status, String location) {
            return Disposition.judge(
                    "https://h/a",
                    TargetUri.parse("https://h/a?q"),
                    status,
                    fields("Location", location),
                    false,
                    false);
        }

        private static void judgedWithoutLocation(int status, boolean conditional) {
            Disposition.Verdict verdict =
                    Disposition.judge("http://h", TargetUri.parse("http://h"), status, fields(), false, conditional);
            if (status == 304 && conditional) {
                assertThat(verdict).isEqualTo(new Disposition.Renew());
            } else if (status / 100 == 2 && status != 206) {
                assertThat(verdict).isEqualTo(new Disposition.Store());
            } else {
                Failure failure = ((Disposition.Refuse) verdict).failure();
                boolean senseless = status == 304 || status == 206;
                assertThat(failure.reason()).isEqualTo(senseless ? Reason.PROTOCOL : Reason.STATUS);
                assertThat(failure.status()).isEqualTo(senseless ? OptionalInt.empty() : OptionalInt.of(status));
                assertThat(failure.message()).contains("http://h", "" + status);
                assertThat(failure.cause()).isEqualTo(new Failure.Unknown());
            }
        }
    }

    @Nested
    class OfFailureRule {
        @ParameterizedTest
        @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STATUS")
        void any_failure_but_the_end_of_the_cache_is_an_outage_and_revokes_nothing(Reason reason) {
            Failure failure = Failure.of(reason, "failed");
            assertThat(FailureRule.covers(failure)).isEqualTo(reason != Reason.CLOSED);
            assertThat(FailureRule.revokes(failure)).isFalse();
        }

        @Test
        void a_status_is_an_outage_or_an_answer() {
            for (int status = 100; status <= 599; status++) {
                Failure failure = Failure.of(status, "failed");
                boolean outage = status == 408 || status == 429 || status >= 500;
                assertThat(FailureRule.covers(failure)).as("%d", status).isEqualTo(outage);
                assertThat(FailureRule.revokes(failure))
                        .as("%d", status)
                        .isEqualTo(Set.of(401, 403, 404, 410, 451).contains(status));
            }
        }

        @Test
        void a_stored_response_stands_in_up_to_the_end_of_its_window() {
            for (Validity validity : List.of(
                    new Validity(100, 0, 0, 0, 50, ALLOWED, ALWAYS, false, PARTITION),
                    new Validity(100, 0, 0, 50, 20, ALLOWED, ALWAYS, false, PARTITION))) {
                StoredResponse stored = stored(validity);
                assertThat(Reuse.standIn(stored, 0, 100)).isSameAs(stored);
                assertThat(Reuse.standIn(stored, 0, 150)).isSameAs(stored);
                assertThat(Reuse.standIn(stored, 0, 151)).isNull();
                assertThat(Reuse.standIn(stored, 60, 160)).isSameAs(stored);
                assertThat(Reuse.standIn(stored, 60, 161)).isNull();
            }
            StoredResponse forEver = stored(new Validity(100, 0, 0, 0, 1L << 62, ALLOWED, ALWAYS, false, PARTITION));
            assertThat(Reuse.standIn(forEver, 0, 1L << 62)).isSameAs(forEver);
        }

        @Test
        void a_response_that_must_be_validated_stands_in_for_nothing() {
            StoredResponse stored = stored(new Validity(100, 0, 0, 50, 50, FORBIDDEN, ALWAYS, false, PARTITION));
            assertThat(Reuse.standIn(stored, 50, 110)).isNull();
        }

        @Test
        void a_window_of_zero_is_none() {
            assertThat(Reuse.standIn(stored(100, 0), 0, 100)).isNull();
            assertThat(Reuse.standIn(stored(0, 0), 0, 0)).isNull();
        }

        @Test
        void nothing_stored_stands_in_for_nothing() {
            assertThat(Reuse.standIn(null, 50, 0)).isNull();
        }
    }

    @Nested
    class OfFailure {
        @Test
        void the_cause_is_described_with_its_own_causes_by_class_and_without_their_text() {
            IOException failure = new IOException("token=geheim", new ConnectException("refused"));
            assertThat(Failure.of(Reason.CONNECT, "m", failure).cause())
                    .isEqualTo(new Failure.Met(List.of("java.io.IOException", "java.net.ConnectException")));
        }

        @Test
        void causes_in_a_circle_are_described_a_few_times() {
            IOException one = new IOException("one");
            one.initCause(new IllegalStateException("two", one));
            assertThat(Failure.of(Reason.INTERNAL, "m", one).cause())
                    .isInstanceOfSatisfying(
                            Failure.Met.class,
                            met -> assertThat(met.types())
                                    .startsWith("java.io.IOException", "java.lang.IllegalStateException")
                                    .hasSize(5));
        }

        @Test
        void without_a_cause_or_a_status_there_is_none() {
            assertThat(Failure.of(Reason.BUSY, "m"))
                    .isEqualTo(new Failure(Reason.BUSY, OptionalInt.empty(), false, "m", new Failure.Unknown()));
        }

        @Test
        void an_exception_of_the_application_is_kept_as_it_is_and_only_described_where_it_is_remembered() {
            IllegalStateException thrown = new IllegalStateException("token=geheim");
            Failure failure = Failure.threw(Reason.APPLICATION, "m", thrown);
            assertThat(failure.cause())
                    .isInstanceOfSatisfying(
                            Failure.Threw.class,
                            threw -> assertThat(threw.what()).isSameAs(thrown));
            assertThat(failure.remembered())
                    .isEqualTo(Failure.of(Reason.APPLICATION, "m", thrown))
                    .asString()
                    .doesNotContain("geheim");
            assertThat(Failure.threw(Reason.APPLICATION, "m", null)).isEqualTo(Failure.of(Reason.APPLICATION, "m"));
        }
    }
}
