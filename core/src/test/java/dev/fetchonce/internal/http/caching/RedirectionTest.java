package dev.fetchonce.internal.http.caching;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static dev.fetchonce.internal.http.message.Fields.oneOf;
import static dev.fetchonce.internal.http.message.Fields.random;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.message.ConnectionInfo;
import dev.fetchonce.internal.http.message.TargetUri;
import dev.fetchonce.internal.http.stored.Representation;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.http.stored.Validity;
import dev.fetchonce.internal.http.stored.VarySelection;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The targets of redirects (RFC 9110 §15.4 and §10.2.2, RFC 3986 §5). */
class RedirectionTest {
    private static final String BASE = "http://a/b/c/d;p?q";
    private static final int ROUNDS = 20_000;

    @Nested
    class Resolving {
        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                delimiterString = " -> ",
                value = {
                    // RFC 3986 §5.4.1
                    "g       -> http://a/b/c/g",
                    "./g     -> http://a/b/c/g",
                    "g/      -> http://a/b/c/g/",
                    "/g      -> http://a/g",
                    "//g     -> http://g/",
                    "?y      -> http://a/b/c/d;p?y",
                    "g?y     -> http://a/b/c/g?y",
                    "#s      -> http://a/b/c/d;p?q",
                    "g#s     -> http://a/b/c/g",
                    "g?y#s   -> http://a/b/c/g?y",
                    ";x      -> http://a/b/c/;x",
                    "g;x     -> http://a/b/c/g;x",
                    "g;x?y#s -> http://a/b/c/g;x?y",
                    "``      -> http://a/b/c/d;p?q",
                    ".       -> http://a/b/c/",
                    "./      -> http://a/b/c/",
                    "..      -> http://a/b/",
                    "../     -> http://a/b/",
                    "../g    -> http://a/b/g",
                    "../..   -> http://a/",
                    "../../  -> http://a/",
                    "../../g -> http://a/g",
                    // RFC 3986 §5.4.2
                    "../../../g    -> http://a/g",
                    "../../../../g -> http://a/g",
                    "/./g          -> http://a/g",
                    "/../g         -> http://a/g",
                    "g.            -> http://a/b/c/g.",
                    ".g            -> http://a/b/c/.g",
                    "g..           -> http://a/b/c/g..",
                    "..g           -> http://a/b/c/..g",
                    "./../g        -> http://a/b/g",
                    "./g/.         -> http://a/b/c/g/",
                    "g/./h         -> http://a/b/c/g/h",
                    "g/../h        -> http://a/b/c/h",
                    "g;x=1/./y     -> http://a/b/c/g;x=1/y",
                    "g;x=1/../y    -> http://a/b/c/y",
                    "g?y/./x       -> http://a/b/c/g?y/./x",
                    "g?y/../x      -> http://a/b/c/g?y/../x",
                    "g#s/./x       -> http://a/b/c/g",
                    "g#s/../x      -> http://a/b/c/g",
                })
        void a_reference_is_resolved_as_rfc_3986_gives_it(String location, String expected) {
            assertThat(target(BASE, location)).isEqualTo(expected);
        }

        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                delimiterString = " -> ",
                value = {
                    "http://h/a             -> http://h/a",
                    "HTTP://H:80/a          -> http://h/a",
                    "https://h:443          -> https://h/",
                    "https://h?q            -> https://h/?q",
                    "http://h:8080/./a/../b -> http://h:8080/b",
                    "http://[::1]:81/a      -> http://[::1]:81/a",
                    "//h:8080/a             -> http://h:8080/a",
                    "//h?q                  -> http://h/?q",
                    "?                      -> http://a/b/c/d;p?",
                    "?a?b                   -> http://a/b/c/d;p?a?b",
                    "?http://x@y/           -> http://a/b/c/d;p?http://x@y/",
                    "/http://x/             -> http://a/http://x/",
                    "./g:h                  -> http://a/b/c/g:h",
                    "g//h                   -> http://a/b/c/g//h",
                    "/a,b                   -> http://a/a,b",
                    "/%7Ea%2fb              -> http://a/%7Ea%2fb",
                    "/a@b                   -> http://a/a@b",
                    "#http://x/?y           -> http://a/b/c/d;p?q",
                })
        void absolute_and_odd_references_are_resolved_too(String location, String expected) {
            assertThat(target(BASE, location)).isEqualTo(expected);
        }

        @ParameterizedTest
        @CsvSource({
            "http://h,      '',  http://h/",
            "http://h,      g,   http://h/g",
            "http://h,      ?y,  http://h/?y",
            "http://h/?q,   .,   http://h/",
            "http://h/a/,   ?y,  http://h/a/?y",
            "http://h/a/,   g,   http://h/a/g",
            "http://h/a/,   ..,  http://h/",
            "http://h/a?/b, g,   http://h/g",
            "https://h/a,   //g, https://g/",
            "http://h:81/a, /g,  http://h:81/g",
        })
        void it_is_resolved_against_any_base(String base, String location, String expected) {
            assertThat(target(base, location)).isEqualTo(expected);
        }

        @ParameterizedTest
        @CsvSource({
            "/b\u00fccher, /b%C3%BCcher",
            "/?q=\u00fc,   /?q=%C3%BC",
            "/\u20ac,      /%E2%82%AC",
            "/\u00c5\u2026#\u00c5\u2026, /%C3%85%E2%80%A6",
            "/u\u0308,     /u%CC%88",
            "/\ud83d\ude00,/%F0%9F%98%80",
        })
        void utf_8_is_percent_encoded_as_it_is(String location, String expected) {
            String asReceived = new String(location.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            assertThat(target(BASE, asReceived)).isEqualTo("http://a" + expected);
        }

        @Test
        void bytes_that_are_no_utf_8_are_percent_encoded_too() {
            assertThat(target(BASE, "/b\u00fccher?\u0080\u00ff")).isEqualTo("http://a/b%FCcher?%80%FF");
        }

        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '\'',
                delimiterString = " -> ",
                value = {
                    "/a b?c d    -> /a%20b?c%20d",
                    "/<a>?<b>    -> /%3Ca%3E?%3Cb%3E",
                    "/\"a\"?\"b\" -> /%22a%22?%22b%22",
                    "/{a|b}^`?{a|b}^` -> /%7Ba%7Cb%7D%5E%60?%7Ba%7Cb%7D%5E%60",
                    "/a[1]?b[2]  -> /a%5B1%5D?b[2]",
                })
        void printable_characters_that_no_url_has_are_percent_encoded(String location, String expected) {
            assertThat(target(BASE, location)).isEqualTo("http://a" + expected);
        }
    }

    @Nested
    class Refusing {
        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                delimiterString = " -> ",
                value = {
                    "ftp://h/secret             -> neither http nor https",
                    "file:///etc/secret         -> neither http nor https",
                    "javascript:secret          -> neither http nor https",
                    "data:text/html,secret      -> neither http nor https",
                    "secret:h                   -> neither http nor https",
                    "localhost:80/secret        -> neither http nor https",
                    "httpx://h/secret           -> neither http nor https",
                    ":secret                    -> neither http nor https",
                    "secret x:h                 -> neither http nor https",
                    "http://secret@h/           -> it has user-info",
                    "http://u:secret@h/         -> it has user-info",
                    "//secret@h/                -> it has user-info",
                    "http://@h/secret           -> it has user-info",
                    "http:secret                -> no valid host",
                    "http:/secret               -> no valid host",
                    "http:///secret             -> no valid host",
                    "http:                      -> no valid host",
                    "///secret                  -> no valid host",
                    "//?secret                  -> no valid host",
                    "http://:80/secret          -> no valid host",
                    "http://under_secret/       -> no valid host",
                    "http://h secret/           -> no valid host",
                    "http://h:99999/secret      -> no valid host",
                    "http://h:0/secret          -> no valid host",
                    "http://h:80secret/         -> no valid host",
                    "http://[::1/secret         -> no valid host",
                    "http://h%2Fsecret/         -> no valid host",
                    "/secret%                   -> malformed",
                    "/secret%2                  -> malformed",
                    "/%zzsecret                 -> malformed",
                    "/a?secret%z                -> malformed",
                })
        void where_one_cannot_go_is_refused_without_quoting_it(String location, String why) {
            assertRefused("http://a/b", location, why);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "/\\secret",
                    "\\\\secret/",
                    "http://a\\@secret/",
                    "/secret\u0000b",
                    "/secret\tb",
                    "/secret\nb",
                    "/secret\r\nSet-Cookie: x",
                    "/secret\u007fb",
                    "/\u001f/secret",
                    "/secret\u0100",
                    "/secret\ud83d",
                })
        void characters_that_parsers_read_differently_are_refused(String location) {
            assertRefused("http://a/b", location, "it has a character that no URL may contain");
        }

        @Test
        void a_host_in_bytes_beyond_ascii_is_refused() {
            assertRefused("http://a/b", "http://secret\u00c3\u00bc.example/", "no valid host");
        }

        @ParameterizedTest
        @ValueSource(strings = {"http://b/", "http://a/b", "HTTP://a/", "http://a:443/"})
        void the_way_from_https_to_http_is_never_gone(String location) {
            assertRefused("https://a/b?secret", location, "never follows a redirect from https to http");
        }

        @Test
        void several_places_are_none() {
            HttpHeaders headers = fields("Location", "/secret1", "Location", "/secret2", "location", "/secret1");
            assertThat(failure(Redirection.next(TargetUri.parse(BASE), headers)).message())
                    .contains("with 2 different Location fields")
                    .doesNotContain("secret");
        }

        @Test
        void the_same_place_said_twice_is_one() {
            HttpHeaders headers = fields("Location", "/g", "Location", "/g");
            assertThat(Redirection.next(TargetUri.parse(BASE), headers))
                    .isEqualTo(new Redirection.To(TargetUri.parse("http://a/g"), true));
        }

        @Test
        void a_random_location_leads_somewhere_or_is_refused_and_nothing_else() {
            Random random = random("a_random_location");
            for (int round = 0; round < ROUNDS; round++) {
                StringBuilder location = new StringBuilder();
                for (int i = random.nextInt(8); i >= 0; i--) {
                    location.append(oneOf(
                            random, "http", "https", ":", "/", "//", "?", "#", "@", "%", "%41", "..", ".", "h", "[::1]",
                            "80", " ", "\\", "\u00e9", "\n", "_", "a"));
                }
                String base = oneOf(random, "http://a/b/c?q", "https://a");
                Redirection.Next next =
                        Redirection.next(TargetUri.parse(base), fields("Location", location.toString()));
                if (next instanceof Redirection.To to) {
                    String text = to.target().text();
                    assertThat(text)
                            .as("%s to %s", base, location)
                            .startsWith(base.startsWith("https:") ? "https://" : "http");
                    assertThat(text).doesNotContain("#", " ", "\\", "\n", "\u00e9");
                    assertThat(TargetUri.parse(text)).isEqualTo(to.target());
                } else {
                    assertThat(failure(next).reason()).isEqualTo(Reason.REDIRECT);
                }
            }
        }

        private static void assertRefused(String base, String location, String why) {
            Failure failure = failure(Redirection.next(TargetUri.parse(base), fields("Location", location)));
            assertThat(failure.reason()).isEqualTo(Reason.REDIRECT);
            assertThat(failure.message())
                    .startsWith(TargetUri.parse(base).name() + " redirects to ")
                    .contains(why)
                    .doesNotContain("secret");
            assertThat(failure.cause()).isEqualTo(new Failure.Unknown());
        }
    }

    @Nested
    class Following {
        @ParameterizedTest
        @ValueSource(ints = {301, 302, 303, 307, 308})
        void a_redirect_is_a_status_and_a_location(int status) {
            assertThat(redirect(status, BASE, "/b").redirects()).isTrue();
            assertThat(redirect(status, BASE, "").redirects()).isTrue();
            assertThat(redirect(status, BASE).redirects()).isFalse();
        }

        @Test
        void no_other_status_redirects() {
            for (int status = 100; status <= 599; status++) {
                boolean expected = List.of(301, 302, 303, 307, 308).contains(status);
                assertThat(redirect(status, BASE, "/b").redirects())
                        .as("%d", status)
                        .isEqualTo(expected);
                assertThat(Redirection.permanent(status)).as("%d", status).isEqualTo(status == 301 || status == 308);
            }
        }

        @Test
        void a_redirect_to_itself_is_a_circle() {
            assertThat(failure(next(BASE, "", BASE)).message())
                    .isEqualTo(TargetUri.parse(BASE).name() + " redirects in a circle; URLs asked: 1");
            assertThat(failure(next(BASE, "//A:80/x/../b/c/d;p?q#f", BASE)).message())
                    .contains("circle");
        }

        @Test
        void a_redirect_to_where_the_call_has_been_is_a_circle() {
            Failure failure =
                    failure(next("http://b/?secret", "http://a/?secret", "http://a/?secret", "http://b/?secret"));
            assertThat(failure.reason()).isEqualTo(Reason.REDIRECT);
            assertThat(failure.message()).isEqualTo("http://b/ redirects in a circle; URLs asked: 2");
        }

        @Test
        void another_query_is_another_url() {
            assertThat(next("http://a/?1", "?2", "http://a/?1")).isInstanceOf(Redirection.To.class);
        }

        @Test
        void five_hops_are_gone_and_a_sixth_is_not() {
            List<String> seen = new ArrayList<>();
            for (int hop = 1; hop <= Redirection.MAXIMUM_HOPS; hop++) {
                seen.add("http://a/" + hop);
                assertThat(next(seen.getLast(), "/" + (hop + 1), seen.toArray(String[]::new)))
                        .isEqualTo(new Redirection.To(TargetUri.parse("http://a/" + (hop + 1)), true));
            }
            seen.add("http://a/6");
            Failure failure = failure(next("http://a/6", "http://b/7", seen.toArray(String[]::new)));
            assertThat(failure.reason()).isEqualTo(Reason.REDIRECT);
            assertThat(failure.message())
                    .isEqualTo("more than 5 redirects, the last one from http://a/6 to http://b/7");
        }

        @Test
        void where_one_cannot_go_is_refused_on_any_hop() {
            assertThat(failure(next("https://a/", "http://b/", "https://a/")).message())
                    .contains("never follows a redirect from https to http");
        }

        private static Redirection.Next next(String from, String location, String... seen) {
            List<TargetUri> targets =
                    List.of(seen).stream().map(TargetUri::parse).toList();
            return Redirection.next(redirect(302, from, location), targets);
        }

        private static StoredResponse redirect(int status, String from, String... location) {
            HttpHeaders headers = location.length == 0 ? fields() : fields("Location", location[0]);
            return new StoredResponse(
                    TargetUri.parse(from).text(),
                    status,
                    headers,
                    new Representation(new byte[0], fields(), new ContentCodings(1, Map.of())),
                    VarySelection.of(headers, fields()),
                    Validity.ofTtl(0, 0, 0),
                    0,
                    Instant.EPOCH,
                    ConnectionInfo.PLAIN);
        }
    }

    @Nested
    class Saying {
        private static final HttpHeaders OWN =
                fields("User-Agent", "cache", "Accept", "application/json", "X-App", "1");
        private static final HttpHeaders ASKED = fields(
                "User-Agent", "caller's", "Accept", "application/json", "X-App", "1", "X-Api-Key", "k", "Cookie", "c");

        @ParameterizedTest
        @CsvSource({
            "http://a/b,       /c,               true",
            "http://a/b,       http://A:80/c,    true",
            "https://a/b,      https://a:443/c,  true",
            "http://a/b,       https://a/c,      false",
            "http://a/b,       http://b/c,       false",
            "http://a/b,       http://a.b/c,     false",
            "http://a.b/b,     http://b/c,       false",
            "http://a/b,       http://a:81/c,    false",
            "http://a:443/b,   https://a/c,      false",
            "http://a/b,       http://a./c,      false",
        })
        void the_same_origin_is_the_same_scheme_host_and_port(String from, String location, boolean same) {
            Redirection.To to = (Redirection.To) Redirection.next(TargetUri.parse(from), fields("Location", location));
            assertThat(to.sameOrigin()).isEqualTo(same);
            assertThat(Redirection.fields(to, ASKED, OWN))
                    .isEqualTo(same ? ASKED : fields("User-Agent", "cache", "Accept", "application/json"));
        }

        @Test
        void of_the_cache_s_own_fields_only_those_go_elsewhere_that_say_what_the_client_is_and_reads() {
            HttpHeaders own = fields(
                    "Authorization",
                    "a",
                    "X-Api-Key",
                    "b",
                    "If-None-Match",
                    "c",
                    "Range",
                    "d",
                    "Accept-Encoding",
                    "gzip",
                    "accept-language",
                    "de",
                    "USER-AGENT",
                    "u");
            Redirection.To elsewhere = new Redirection.To(TargetUri.parse("http://b/"), false);
            assertThat(Redirection.fields(elsewhere, ASKED, own))
                    .isEqualTo(fields("Accept-Encoding", "gzip", "accept-language", "de", "USER-AGENT", "u"));
        }
    }

    private static String target(String base, String location) {
        Redirection.Next next = Redirection.next(TargetUri.parse(base), fields("Location", location));
        assertThat(next).as("%s to %s", base, location).isInstanceOf(Redirection.To.class);
        return ((Redirection.To) next).target().text();
    }

    private static Failure failure(Redirection.Next next) {
        return ((Redirection.Refused) next).failure();
    }
}
