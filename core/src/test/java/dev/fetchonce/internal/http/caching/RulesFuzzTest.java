package dev.fetchonce.internal.http.caching;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.fetchonce.internal.http.message.DeltaSeconds;
import dev.fetchonce.internal.http.message.Fields;
import dev.fetchonce.internal.http.message.HttpDate;
import dev.fetchonce.internal.http.message.HttpToken;
import dev.fetchonce.internal.http.message.ListField;
import dev.fetchonce.internal.http.message.RequestDirectives;
import dev.fetchonce.internal.http.message.ResponseDirectives;
import dev.fetchonce.internal.http.message.StructuredDictionary;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.range.ByteRange;
import dev.fetchonce.internal.http.stored.CacheKey;
import dev.fetchonce.internal.http.stored.ReceiptTime;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.testing.HttpDates;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fuzzes the rules with bytes. An ordinary run tries the seeds and the inputs of earlier findings;
 * {@code JAZZER_FUZZ=1 mvn -pl core test -Dtest=RulesFuzzTest#any_response} searches for more.
 */
class RulesFuzzTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00.5Z");
    /** The end of the valid dates: Java reads the leap second before it as a moment in a year that no HTTP date has. */
    private static final Instant YEAR_10000 = Instant.parse("+10000-01-01T00:00:00Z");

    private static final List<String> TARGETS = List.of("t");

    @MethodSource("responses")
    @FuzzTest(maxDuration = "5m")
    void any_response(byte[] bytes) {
        HttpHeaders response = head(bytes);
        ResponseDirectives directives = ResponseDirectives.of(response, TARGETS);
        for (boolean shared : new boolean[] {false, true}) {
            HttpCachingOptions options = new HttpCachingOptions(shared, 0.1, DeltaSeconds.MAXIMUM_NANOS, TARGETS);
            FreshnessLifetime lifetime = FreshnessLifetime.of(options, 200, response, directives, NOW);
            assertThat(lifetime.nanos()).isBetween(0L, DeltaSeconds.MAXIMUM_NANOS);
        }
        assertThat(CurrentAge.correctedInitialAge(response, NOW, 1)).isBetween(1L, DeltaSeconds.MAXIMUM_NANOS);
    }

    @MethodSource("requests")
    @FuzzTest(maxDuration = "5m")
    void any_request(byte[] bytes) {
        RequestDirectives directives = RequestDirectives.of(head(bytes));
        for (var seconds : List.of(directives.maxAge(), directives.maxStale(), directives.minFresh())) {
            assertThat(seconds.orElse(0)).isBetween(0L, DeltaSeconds.MAXIMUM);
        }
    }

    /** The bytes are the head of a request, an empty line, and the head of a response. */
    @MethodSource("exchanges")
    @FuzzTest(maxDuration = "5m")
    void any_exchange(byte[] bytes) {
        String[] heads = text(bytes).split("\n\n", 2);
        HttpHeaders request = head(heads[0]);
        HttpHeaders response = head(heads[heads.length - 1]);
        HttpCachingRules rules =
                HttpCachingRules.of(new HttpCachingOptions(bytes.length % 2 == 0, 0.1, 1, TARGETS), 0, 0);
        RequestContext context = new RequestContext(
                CacheKey.plain(TargetUri.parse("http://h/a")), TargetUri.parse("http://h/a"), request);
        ReceiptTime received = new ReceiptTime(0, NOW, 1);
        Assessment assessment = rules.judge(context, 200, response, received, true);
        assertThat(assessment.validity().lifetimeNanos()).isBetween(0L, DeltaSeconds.MAXIMUM_NANOS);
        StoredResponse stored = Fields.stored(response, request, assessment.validity(), 0);
        rules.selection(response, request).matches(request);
        rules.stored(context, stored);
        rules.renewed(context, stored, response, received);
        Reuse.decide(stored, null, 0.5, Reuse.Demand.of(RequestDirectives.of(request)), 1);
        Preconditions.evaluate(request, stored);
        ByteRange.of(request, stored);
        Validators.conditions(stored, Validators.candidates(stored, List.of(stored)));
        Invalidation.of("POST", context.target(), 200, response);
    }

    @MethodSource("dates")
    @FuzzTest(maxDuration = "5m")
    void any_date(byte[] bytes) {
        HttpDate.parse(text(bytes), NOW)
                .filter(date -> date.isBefore(YEAR_10000))
                .ifPresent(date ->
                        assertThat(HttpDate.parse(HttpDates.format(date), NOW)).contains(date));
    }

    @MethodSource("dictionaries")
    @FuzzTest(maxDuration = "5m")
    void any_dictionary(byte[] bytes) {
        List<String> lines = text(bytes).lines().toList();
        StructuredDictionary.parse(lines)
                .ifPresent(members -> assertThat(members.keySet()).noneMatch(String::isEmpty));
        assertThat(ListField.members(lines)).noneMatch(String::isBlank);
    }

    static Stream<byte[]> responses() {
        return seeds(
                "",
                "cache-control: max-age=60, s-maxage=\"5\", private=\"a, b\", stale-if-error=7\nage: 3, 4",
                "cache-control: no-cache=\"a\\\"b\ncache-control: no-store, public",
                "date: Wed, 25 Nov 2026 11:00:00 GMT\nexpires: 0\nexpires: Wed Nov 25 13:00:00 2026",
                "date: Wednesday, 25-Nov-26 11:00:00 GMT\nlast-modified: Tue, 24 Nov 2026 12:00:00 GMT",
                "t: max-age=60;x=(1 2), a=%\"%c3%bc\", private=\"a\"\ncache-control: no-store",
                "age: 99999999999999999999\ndate: Fri, 31 Dec 9999 23:59:59 GMT\nexpires: Mon, 01 Jan 0001 00:00:00 GMT");
    }

    static Stream<byte[]> requests() {
        return seeds(
                "",
                "cache-control: max-age=5, max-stale, min-fresh=\"3\", only-if-cached",
                "cache-control: max-stale=x, no-cache\npragma: no-cache",
                "pragma: x=\"a, no-cache\", no-cache");
    }

    static Stream<byte[]> exchanges() {
        return seeds(
                "",
                "if-none-match: W/\"a\", \"b,\"\nrange: bytes=1-\n\netag: \"b,\"\nvary: a, *\ncontent-encoding: gzip",
                "accept-encoding: gzip;q=0.0, *;q=x\nif-range: \"a\"\nrange: bytes=-5\n\netag: \"a\"\nlocation: //h:80/..",
                "cache-control: max-age=0, max-stale\n\ncache-control: private=\"etag\", no-cache=\"x\", max-age=5\nage: 9");
    }

    static Stream<byte[]> dates() {
        return seeds(
                "",
                "Sun, 06 Nov 1994 08:49:37 GMT",
                "Sunday, 06-Nov-94 08:49:37 GMT",
                "Sun Nov  6 08:49:37 1994",
                "Sat, 31 Dec 2016 23:59:60 GMT",
                "Sat, 31 Dec 9999 23:59:60 GMT",
                "Thu, 29 Feb 2023 00:00:00 GMT");
    }

    static Stream<byte[]> dictionaries() {
        return seeds(
                "",
                "a, b=1, c=-1.5;x;y=?0, d=\"\\\"\\\\\", e=t*:/, f=:YQ==:, g=@1, h=%\"%c3%bc\", i=(1 a;b)\nj",
                "a=%\"%",
                "a=\"\\",
                "a=(",
                "a;",
                "private=\"a, b");
    }

    private static Stream<byte[]> seeds(String... texts) {
        return Stream.of(texts).map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Returns the fields of these lines; a line without a valid name is left out. */
    private static HttpHeaders head(byte[] bytes) {
        return head(text(bytes));
    }

    private static HttpHeaders head(String text) {
        List<String> namesAndValues = new ArrayList<>();
        text.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0 && HttpToken.is(line.substring(0, colon))) {
                namesAndValues.addAll(List.of(line.substring(0, colon), line.substring(colon + 1)));
            }
        });
        return fields(namesAndValues.toArray(String[]::new));
    }
}
