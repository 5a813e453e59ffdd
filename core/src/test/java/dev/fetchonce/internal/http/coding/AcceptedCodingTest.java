package dev.fetchonce.internal.http.coding;

import static dev.fetchonce.internal.http.message.Fields.fields;
import static dev.fetchonce.internal.http.message.Fields.random;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The content codings that a request accepts (RFC 9110 §12.5.3 and §12.4.2). */
class AcceptedCodingTest {
    private static final HttpHeaders PLAIN = fields();
    private static final HttpHeaders GZIP = fields("Content-Encoding", "gzip");

    @Nested
    @DisplayName("RFC 9110 §12.5.3 Accept-Encoding")
    class Section_12_5_3 {
        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                value = {
                    // Accept-Encoding, whether it accepts gzip, whether it accepts a body without a coding
                    "gzip                    # true  # true",
                    "GZIP                    # true  # true",
                    "x-gzip                  # true  # true",
                    "gzip, deflate           # true  # true",
                    "' , gzip ,, '           # true  # true",
                    "deflate                 # false # true",
                    "''                      # false # true",
                    "identity                # false # true",
                    "*                       # true  # true",
                    "br, *                   # true  # true",
                    "gzip;q=0                # false # true",
                    "gzip;q=0, *             # false # true",
                    "*;q=0                   # false # false",
                    "gzip, *;q=0             # true  # false",
                    "gzip, identity;q=0      # true  # false",
                    "identity;q=0            # false # false",
                    "*;q=0, identity         # false # true",
                    "*;q=0, identity;q=0.1   # false # true",
                    "identity;q=0, *         # true  # false",
                    "compress, gzip;q=0.001  # true  # true",
                    "gzip;q=1.0, identity; q=0.5, *;q=0 # true # true",
                })
        void a_coding_is_accepted_when_it_or_the_asterisk_is_named(String asked, boolean gzip, boolean plain) {
            assertAccepted(asked, gzip, plain);
        }

        @Test
        void a_request_without_the_field_accepts_no_coding() {
            assertThat(AcceptedCoding.accepts(fields(), GZIP)).isFalse();
            assertThat(AcceptedCoding.accepts(fields(), PLAIN)).isTrue();
            assertThat(AcceptedCoding.accepts(fields(), fields("Content-Encoding", "identity")))
                    .isTrue();
        }

        @Test
        void several_lines_are_one_list() {
            HttpHeaders request = fields("Accept-Encoding", "br", "accept-encoding", "gzip");
            assertThat(AcceptedCoding.accepts(request, GZIP)).isTrue();
            assertThat(AcceptedCoding.accepts(request, fields("Content-Encoding", "gzip", "Content-Encoding", "br")))
                    .isTrue();
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                value = {
                    // Accept-Encoding, Content-Encoding, accepted
                    "gzip, br     # gzip, br     # true",
                    "gzip         # gzip, br     # false",
                    "br           # gzip, br     # false",
                    "*            # gzip, br     # true",
                    "*, br;q=0    # gzip, br     # false",
                    "gzip         # identity, gzip # true",
                    "gzip         # x-gzip       # true",
                    "gzip         # GZip         # true",
                    "x-compress   # compress     # true",
                    "br           # UTF-8        # true",
                    "gzip         # aws-chunked, gzip # true",
                    "br           # aws-chunked, gzip # false",
                    "identity     # none         # true",
                    "*;q=0        # none         # false",
                    "lz4          # lz4          # true",
                    "lz4;q=0      # lz4          # false",
                    "lz4;q=0      # lz5          # true",
                    "zstd         # zstd         # true",
                    "gzip         # ''           # true",
                })
        void every_coding_of_the_response_must_be(String asked, String coded, boolean accepted) {
            assertThat(AcceptedCoding.accepts(fields("Accept-Encoding", asked), fields("Content-Encoding", coded)))
                    .isEqualTo(accepted);
        }
    }

    @Nested
    @DisplayName("RFC 9110 §12.4.2 quality values")
    class Section_12_4_2 {
        @ParameterizedTest
        @CsvSource(
                delimiter = '#',
                value = {
                    "gzip;q=0.              # false # true",
                    "gzip;q=0.000           # false # true",
                    "gzip;q=0.0000          # false # true",
                    "gzip;Q=0               # false # true",
                    "gzip;q=1               # true  # true",
                    "gzip;q=1.              # true  # true",
                    "gzip;q=1.000           # true  # true",
                    "gzip;q=0.0001          # true  # true",
                    "gzip;q=.5              # true  # true",
                    "'gzip ; \t q=0.5 '     # true  # true",
                    // unusual weights
                    "gzip;                  # false # true",
                    "gzip;q                 # false # true",
                    "gzip;q=                # false # true",
                    "gzip;q=2               # false # true",
                    "gzip;q=1.5             # false # true",
                    "gzip;q=-1              # false # true",
                    "gzip;q=a               # false # true",
                    "gzip;q=0.5;x=y         # false # true",
                    "gzip;x=y               # false # true",
                    "gzip;q=a, *            # false # true",
                    "identity;q=a           # false # true",
                    "*;q=a                  # false # true",
                    ";q=0                   # false # true",
                    "br\", gzip             # true  # true",
                    // repeated names
                    "gzip, gzip;q=0         # false # true",
                    "gzip;q=0, x-gzip       # false # true",
                    "gzip, gzip             # true  # true",
                })
        void zero_is_not_acceptable_and_what_is_in_doubt_is_not_accepted(String asked, boolean gzip, boolean plain) {
            assertAccepted(asked, gzip, plain);
        }

        @Test
        void whatever_comes_nothing_is_thrown() {
            Random random = random("whatever_comes_nothing");
            for (int round = 0; round < 20_000; round++) {
                StringBuilder asked = new StringBuilder();
                for (int i = random.nextInt(16); i > 0; i--) {
                    asked.append("gzip;q=0.1,* \"\\\u00ff".charAt(random.nextInt(16)));
                }
                HttpHeaders request = fields("Accept-Encoding", asked.toString());
                if (!asked.toString().contains("gzip") && !asked.toString().contains("*")) {
                    assertThat(AcceptedCoding.accepts(request, GZIP)).isFalse();
                }
                assertThat(AcceptedCoding.accepts(request, PLAIN)).isIn(true, false);
            }
        }
    }

    private static void assertAccepted(String asked, boolean gzip, boolean plain) {
        HttpHeaders request = fields("Accept-Encoding", asked);
        assertThat(AcceptedCoding.accepts(request, GZIP)).isEqualTo(gzip);
        assertThat(AcceptedCoding.accepts(request, PLAIN)).isEqualTo(plain);
    }
}
