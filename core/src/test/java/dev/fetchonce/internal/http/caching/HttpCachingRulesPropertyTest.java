package dev.fetchonce.internal.http.caching;

import static dev.fetchonce.internal.http.message.Fields.answered;
import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.coding.AcceptedCoding;
import dev.fetchonce.internal.http.failure.BackoffState;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.DeltaSeconds;
import dev.fetchonce.internal.http.message.Fields;
import dev.fetchonce.internal.http.message.RequestDirectives;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.range.ByteRange;
import dev.fetchonce.internal.http.range.ContentRange;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.ReceiptTime;
import dev.fetchonce.internal.http.stored.StoredFields;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import dev.fetchonce.internal.http.stored.VarySelection;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** Invariants of every decision about an exchange, for random requests, responses and stored responses. */
class HttpCachingRulesPropertyTest {
    private static final Instant AT = Instant.parse("2026-11-25T12:00:00Z");
    private static final TargetUri TARGET = TargetUri.parse("http://h/a");
    private static final BackoffState BACKOFF =
            new BackoffState(1, 0, Failure.of(Reason.CONNECT, "m"), new BackoffState.Waiting(1_000, false));

    @Property
    void whatever_is_answered_is_judged(
            @ForAll("requests") HttpHeaders request,
            @ForAll @IntRange(min = 100, max = 999) int status,
            @ForAll("responses") HttpHeaders response,
            @ForAll boolean shared,
            @ForAll boolean conditional) {
        HttpCachingRules rules = judge(shared);
        ReceiptTime received = new ReceiptTime(0, AT, 1_000);
        Assessment assessment = rules.judge(question(request), status, response, received, conditional);
        Validity validity = assessment.validity();
        assertThat(validity.lifetimeNanos()).isBetween(0L, DeltaSeconds.MAXIMUM_NANOS);
        assertThat(validity.initialAgeNanos()).isBetween(1_000L, DeltaSeconds.MAXIMUM_NANOS);
        boolean kept =
                assessment.verdict() instanceof Disposition.Store || assessment.verdict() instanceof Disposition.Deny;
        if (kept) {
            assertThat(status).isBetween(200, 599).isNotIn(206, 304);
            assertThat(RequestDirectives.of(request).noStore()).isFalse();
        } else {
            assertThat(validity.terms().sharing()).isEqualTo(Validity.Sharing.NEVER);
            assertThat(validity.terms().placement()).isEqualTo(Validity.Placement.PARTITION);
        }
        rules.forOne(question(request), status, response, AT);
    }

    @Property
    void a_decision_is_made_for_every_state_and_serves_nothing_that_may_not_be_used(
            @ForAll("lives") Validity validity,
            @ForAll("directives") RequestDirectives wanted,
            @ForAll boolean afresh,
            @ForAll boolean held,
            @ForAll @DoubleRange(min = 0, max = 1) double ahead,
            @ForAll @IntRange(min = 0, max = 400) int now) {
        StoredResponse stored = Fields.stored(validity);
        Reuse.Demand demand = new Reuse.Demand(wanted, afresh);
        Reuse.Decision decision = Reuse.decide(stored, held ? BACKOFF : null, ahead, demand, seconds(now));
        switch (decision) {
            case Reuse.Serve serve -> mayBeUsed(stored, demand, now);
            case Reuse.ServeAndRefresh serve -> {
                assertThat(held).isFalse();
                mayBeUsed(stored, demand, now);
            }
            case Reuse.Decline decline -> assertThat(wanted.onlyIfCached()).isTrue();
            case Reuse.BackOff hold -> assertThat(held).isTrue();
            case Reuse.Revalidate revalidate ->
                assertThat(held || wanted.onlyIfCached()).isFalse();
            case Reuse.Miss miss -> throw new AssertionError("something is stored");
        }
    }

    /** Checks by the definitions of the RFC, in whole seconds and independent of the rule's own calculation. */
    private static void mayBeUsed(StoredResponse stored, Reuse.Demand demand, int now) {
        assertThat(demand.afresh()).isFalse();
        Validity validity = stored.validity();
        long age = validity.initialAgeNanos() / 1_000_000_000 + now;
        long staleness = age - validity.lifetimeNanos() / 1_000_000_000;
        boolean fresh = staleness < 0;
        assertThat(fresh || validity.terms().mayBeStale()).as("RFC 9111 §4.2.4").isTrue();
        long window = validity.terms().whileRevalidateNanos() / 1_000_000_000;
        long allowed = Math.max(window, demand.directives().maxStale().orElse(0));
        assertThat(fresh || staleness <= allowed)
                .as("stale for %d s", staleness)
                .isTrue();
    }

    @Property
    void a_request_that_says_max_age_or_min_fresh_gets_no_more_than_one_that_does_not(
            @ForAll("lives") Validity validity,
            @ForAll @IntRange(min = 1, max = 300) int seconds,
            @ForAll boolean minFresh,
            @ForAll @IntRange(min = 0, max = 400) int now) {
        StoredResponse stored = Fields.stored(validity);
        OptionalLong none = OptionalLong.empty();
        OptionalLong some = OptionalLong.of(seconds);
        RequestDirectives wanted =
                new RequestDirectives(minFresh ? none : some, none, minFresh ? some : none, false, false, false, none);
        if (Reuse.satisfies(stored, wanted, seconds(now))) {
            assertThat(Reuse.satisfies(stored, RequestDirectives.NONE, seconds(now)))
                    .isTrue();
        }
    }

    @Property
    void a_caller_that_shares_an_answer_could_use_it_from_the_store_or_it_has_no_lifetime(
            @ForAll("lives") Validity validity, @ForAll("directives") RequestDirectives wanted) {
        StoredResponse landed = Fields.stored(validity);
        if (Reuse.shared(landed, wanted)) {
            assertThat(validity.terms().sharing()).isNotEqualTo(Validity.Sharing.NEVER);
            assertThat(validity.terms().sharing() == Validity.Sharing.ALWAYS
                            || Reuse.satisfies(landed, wanted, landed.receivedNanos()))
                    .isTrue();
        }
    }

    @Property
    void to_freshen_twice_is_to_freshen_once(
            @ForAll("responses") HttpHeaders stored, @ForAll("responses") HttpHeaders notModified) {
        HttpHeaders kept = StoredFields.kept(stored);
        assertThat(StoredFields.kept(kept)).isEqualTo(kept);
        HttpHeaders once = StoredFields.freshened(kept, notModified);
        assertThat(StoredFields.freshened(once, notModified)).isEqualTo(once);
        for (String name : List.of("content-length", "content-encoding", "content-type", "content-range")) {
            assertThat(once.allValues(name)).as(name).isEqualTo(kept.allValues(name));
        }
    }

    @Property
    void whatever_a_caller_says_is_answered_from_what_is_stored(
            @ForAll("requests") HttpHeaders request,
            @ForAll("responses") HttpHeaders response,
            @ForAll @IntRange(min = 0, max = 50) int length) {
        StoredResponse stored = answered(200, length, AT, lines(response));
        Preconditions.forwarded(request);
        if (Preconditions.evaluate(request, stored) instanceof Preconditions.NotModified same) {
            assertThat(same.headers().map().keySet())
                    .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("content-t"));
            assertThat(Preconditions.conditional(request)).isTrue();
        }
        switch (ByteRange.of(request, stored)) {
            case ByteRange.Whole whole -> {}
            case ContentRange part -> assertThat(part.last()).isBetween(part.first(), length - 1L);
            case ByteRange.Several several ->
                assertThat(several.parts()).hasSizeGreaterThan(1).allMatch(part -> part.last() < length);
            case ByteRange.Unsatisfiable none -> assertThat(none.length()).isEqualTo(length);
        }
        List<StoredResponse> candidates = Validators.candidates(stored, List.of(stored));
        assertThat(candidates).contains(stored);
        assertThat(candidates).containsAll(Validators.selected(response, candidates));
        Validators.conditions(stored, candidates);
        HeadUpdate.of(200, response, stored);
        AcceptedCoding.accepts(request, response);
        VarySelection.of(response, request).matches(request);
        for (String method : List.of("GET", "POST", "get")) {
            Invalidation.of(method, TARGET, 200, response);
        }
    }

    private static HttpCachingRules judge(boolean shared) {
        HttpCachingOptions options =
                new HttpCachingOptions(shared, 0.1, DeltaSeconds.MAXIMUM_NANOS, List.of("CDN-Cache-Control"));
        return HttpCachingRules.of(options, 0, 0);
    }

    private static RequestContext question(HttpHeaders request) {
        return new RequestContext(CacheKey.plain(TargetUri.parse("http://h/a")), TARGET, request);
    }

    private static long seconds(long seconds) {
        return seconds * 1_000_000_000;
    }

    private static String[] lines(HttpHeaders headers) {
        List<String> lines = new ArrayList<>();
        headers.map().forEach((name, values) -> values.forEach(value -> lines.addAll(List.of(name, value))));
        return lines.toArray(String[]::new);
    }

    @Provide
    Arbitrary<Validity> lives() {
        Arbitrary<Long> spans = Arbitraries.longs().between(0, 300).map(HttpCachingRulesPropertyTest::seconds);
        return Combinators.combine(
                        spans,
                        spans,
                        spans,
                        spans,
                        Arbitraries.of(Validity.Staleness.ALLOWED, Validity.Staleness.FORBIDDEN),
                        Arbitraries.of(Validity.Sharing.class),
                        Arbitraries.of(true, false))
                .as((lifetime, age, revalidate, error, staleness, sharing, immutable) -> new Validity(
                        lifetime,
                        age,
                        age,
                        revalidate,
                        error,
                        staleness,
                        sharing,
                        immutable,
                        Validity.Placement.PARTITION));
    }

    @Provide
    Arbitrary<RequestDirectives> directives() {
        Arbitrary<OptionalLong> seconds = Arbitraries.longs()
                .between(0, 300)
                .map(OptionalLong::of)
                .injectNull(0.5)
                .map(some -> some == null ? OptionalLong.empty() : some);
        Arbitrary<Boolean> flags = Arbitraries.of(true, false);
        return Combinators.combine(seconds, seconds, seconds, flags, flags, flags, seconds)
                .as(RequestDirectives::new);
    }

    @Provide
    Arbitrary<HttpHeaders> requests() {
        return heads(
                List.of(
                        "Cache-Control",
                        "Pragma",
                        "If-None-Match",
                        "If-Modified-Since",
                        "If-Range",
                        "If-Match",
                        "Range",
                        "Accept-Encoding",
                        "Accept",
                        "Authorization"),
                List.of(
                        "no-store",
                        "max-age=0",
                        "only-if-cached",
                        "no-cache",
                        "\"a\"",
                        "W/\"a\", \"b\"",
                        "*",
                        "bytes=0-4",
                        "bytes=-3",
                        "bytes=9-",
                        "bytes=7-3",
                        "bytes=0-1, 4-5",
                        "gzip;q=0, *",
                        "identity;q=0",
                        "Sun, 06 Nov 1994 08:49:37 GMT"));
    }

    @Provide
    Arbitrary<HttpHeaders> responses() {
        return heads(
                List.of(
                        "Cache-Control",
                        "CDN-Cache-Control",
                        "Date",
                        "Expires",
                        "Age",
                        "Last-Modified",
                        "ETag",
                        "Vary",
                        "Content-Encoding",
                        "Content-Length",
                        "Content-Type",
                        "Content-Range",
                        "Connection",
                        "Location",
                        "Set-Cookie"),
                List.of(
                        "max-age=60",
                        "s-maxage=5, max-age=60",
                        "no-store",
                        "private=\"Set-Cookie\"",
                        "public, must-revalidate",
                        "no-cache, stale-if-error=9",
                        "must-understand, no-store",
                        "\"a\"",
                        "W/\"a\"",
                        "Accept, Accept-Encoding",
                        "*",
                        "gzip",
                        "Age, ETag",
                        "/b",
                        "10",
                        "Sun, 06 Nov 1994 08:49:37 GMT",
                        "Wed, 25 Nov 2026 11:00:00 GMT"));
    }

    /** Returns fields with these names, mostly with one of these values, else with random text. */
    private static Arbitrary<HttpHeaders> heads(List<String> names, List<String> values) {
        Arbitrary<String> odd = Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(10);
        Arbitrary<String> any = Arbitraries.oneOf(Arbitraries.of(values), Arbitraries.of(values), odd);
        return Combinators.combine(Arbitraries.of(names), any)
                .as(List::of)
                .list()
                .ofMaxSize(6)
                .map(all -> fields(all.stream().flatMap(List::stream).toArray(String[]::new)));
    }
}
