package dev.fetchonce.internal.http.stored;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static dev.fetchonce.internal.http.message.Fields.oneOf;
import static dev.fetchonce.internal.http.message.Fields.random;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.internal.http.message.TargetUri;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheKeyFactoryTest {
    private static final TargetUri TARGET = TargetUri.parse("http://h/a?q=1");
    private static final byte[] SECRET = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final HttpHeaders PLAIN = fields("Accept", "application/json", "User-Agent", "me");

    private final CacheKeyFactory rule =
            new CacheKeyFactory(List.of("Accept", "X-Tenant"), CacheKeyFactory::credentials, SECRET, PLAIN);

    @Test
    void the_caches_own_request_is_keyed_by_its_url_alone() {
        CacheKey key = rule.key(TARGET, PLAIN);
        assertThat(key).isEqualTo(CacheKey.plain(TARGET));
        assertThat(key.text()).isSameAs(key.url()).isEqualTo("http://h/a?q=1");
        assertThat(key.partitioned()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "Accept, application/json, User-Agent, you",
        "Accept, application/json, Accept-Language, de",
        "accept, application/json, If-None-Match, x",
        "ACCEPT, application/json, X-Trace, 1",
    })
    void a_field_that_is_no_key_field_makes_no_difference(String name, String value, String other, String value2) {
        assertThat(rule.key(TARGET, fields(name, value, other, value2))).isEqualTo(CacheKey.plain(TARGET));
    }

    @Test
    void every_difference_in_a_key_field_gives_another_key() {
        List<HttpHeaders> requests = List.of(
                PLAIN,
                fields(),
                fields("Accept", ""),
                fields("Accept", "text/html"),
                fields("Accept", "application/JSON"),
                fields("Accept", "application/json, text/html"),
                fields("Accept", "text/html, application/json"),
                fields("Accept", "application/json", "X-Tenant", ""),
                fields("Accept", "application/json", "X-Tenant", "a"),
                fields("Accept", "a", "X-Tenant", "application/json"),
                fields("Accept", "application/json", "Authorization", ""),
                fields("Accept", "application/json", "Authorization", "a"),
                fields("Accept", "application/json", "Authorization", "A"),
                fields("Accept", "application/json", "Authorization", "a,b"),
                fields("Accept", "application/json", "Authorization", "a, b"),
                fields("Accept", "application/json", "Authorization", "a", "Authorization", "b"),
                fields("Accept", "application/json", "Authorization", "b", "Authorization", "a"),
                fields("Accept", "application/json", "Cookie", "a"),
                fields("Accept", "application/json", "Cookie", "a; b=c"),
                fields("Accept", "application/json", "Cookie", "a;b=c"),
                fields("Accept", "application/json", "Cookie", "a", "Authorization", "a"),
                fields("Accept", "application/json", "Cookie", "a", "Authorization", "b"),
                fields("Accept", "application/json", "Cookie", "b", "Authorization", "a"));
        assertThat(requests.stream().map(request -> rule.key(TARGET, request).text()))
                .doesNotHaveDuplicates();
    }

    @Test
    void equal_fields_give_equal_keys_whatever_their_order_and_the_case_of_their_names() {
        CacheKey key = rule.key(TARGET, fields("Cookie", "c", "Authorization", "s", "X-Tenant", "t"));
        assertThat(rule.key(TARGET, fields("x-tenant", "t", "AUTHORIZATION", "s", "cookie", "c")))
                .isEqualTo(key)
                .hasSameHashCodeAs(key);
        assertThat(key.partitioned()).isTrue();
        assertThat(key.url()).isEqualTo(TARGET.text());
    }

    @Test
    void white_space_round_commas_and_the_split_into_lines_do_not_matter_in_key_headers() {
        CacheKey key = rule.key(TARGET, fields("Accept", "a;q=1,b,c"));
        assertThat(List.of(
                        fields("Accept", "a;q=1, b, c"),
                        fields("Accept", " a;q=1 ,\tb ,, c ,"),
                        fields("Accept", "a;q=1", "Accept", "b,c"),
                        fields("accept", "a;q=1, b", "accept", " c ")))
                .allSatisfy(same -> assertThat(rule.key(TARGET, same)).isEqualTo(key));
        assertThat(rule.key(TARGET, fields("Accept", "a; q=1,b,c"))).isNotEqualTo(key);
    }

    @Test
    void another_target_gives_another_key() {
        HttpHeaders request = fields("Authorization", "s");
        assertThat(List.of("http://h/a?q=1", "http://h/a?q=2", "http://h/a", "https://h/a?q=1", "http://h:81/a?q=1"))
                .extracting(url -> rule.key(TargetUri.parse(url), request).text())
                .doesNotHaveDuplicates();
    }

    @Test
    void keys_of_caches_with_other_secrets_or_names_differ() {
        HttpHeaders request = fields("Authorization", "s", "X-Tenant", "t");
        byte[] other = SECRET.clone();
        other[0]++;
        assertThat(List.of(
                        rule.key(TARGET, request),
                        new CacheKeyFactory(List.of("Accept", "X-Tenant"), CacheKeyFactory::credentials, other, PLAIN)
                                .key(TARGET, request),
                        new CacheKeyFactory(List.of("Accept"), CacheKeyFactory::credentials, SECRET, PLAIN)
                                .key(TARGET, request)))
                .doesNotHaveDuplicates();
        assertThat(new CacheKeyFactory(List.of("x-tenant", "ACCEPT"), CacheKeyFactory::credentials, SECRET, PLAIN)
                        .key(TARGET, request))
                .isEqualTo(rule.key(TARGET, request));
    }

    @Test
    void a_key_shows_neither_the_values_nor_the_query() {
        CacheKey key =
                rule.key(TARGET, fields("Authorization", "Bearer s3cr3t", "Cookie", "id=s3cr3t", "Accept", "s3cr3t"));
        assertThat(key.text()).doesNotContain("s3cr3t").startsWith(TARGET.text() + " ");
        assertThat(key).hasToString("http://h/a");
        assertThat(CacheKey.plain(TARGET)).hasToString("http://h/a");
        assertThat(CacheKey.plain(TargetUri.parse("http://h/a"))).hasToString("http://h/a");
    }

    @Test
    void the_text_of_a_partitioned_key_is_no_url() {
        Random random = random("the_text_of_a_partitioned_key");
        for (int i = 0; i < 2_000; i++) {
            TargetUri target = TargetUri.parse(
                    "http://h/" + Long.toString(random.nextLong(), 36) + oneOf(random, "", "?", "?%20"));
            String text = rule.key(target, fields("Cookie", "c" + i)).text();
            assertThat(text).contains(" ");
            assertThat(target.text()).doesNotContain(" "); // no URL can contain a blank, as TargetUriTest shows
        }
    }

    /** A plain concatenation of names and values would give many of these requests equal keys. */
    @Test
    void no_two_different_lists_of_fields_have_one_key() {
        Random random = random("no_two_different_lists");
        CacheKeyFactory tight =
                new CacheKeyFactory(List.of("a", "aa", "ab", "b"), CacheKeyFactory::credentials, SECRET, PLAIN);
        Map<String, Map<String, List<String>>> meaning = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            Map<String, List<String>> request = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (int n = random.nextInt(4); n > 0; n--) {
                String name = oneOf(random, "a", "A", "aa", "ab", "b", "Cookie", "Authorization", "z");
                request.computeIfAbsent(name, same -> new ArrayList<>())
                        .add(oneOf(random, "", "a", "aa", "b", "a,b", "a, b", ",", "\0\0\0\1a", "cookie"));
            }
            HttpHeaders headers = HttpHeaders.of(request, (name, value) -> true);
            String key = tight.key(TARGET, headers).text();
            Map<String, List<String>> canonical = canonical(headers.map());
            assertThat(meaning.merge(key, canonical, (known, same) -> known))
                    .as("RFC 9111 §4.1: requests with one key select one response, %s", request)
                    .isEqualTo(canonical);
        }
        assertThat(meaning.values())
                .as("and requests that select one response have one key")
                .doesNotHaveDuplicates();
        assertThat(meaning).hasSizeGreaterThan(1_000);
    }

    private static Map<String, List<String>> canonical(Map<String, List<String>> request) {
        TreeMap<String, List<String>> canonical = new TreeMap<>();
        request.forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.equals("cookie") || lower.equals("authorization")) {
                canonical.put(lower, values);
            } else if (!lower.equals("z")) {
                List<String> members = new ArrayList<>();
                for (String member : String.join(",", values).split(",", -1)) {
                    if (!member.isBlank()) {
                        members.add(member.strip());
                    }
                }
                canonical.put(lower, members);
            }
        });
        return canonical;
    }
}
