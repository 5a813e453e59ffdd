package dev.fetchonce.internal.http.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("RFC 9651 §4.2 parsing structured fields")
class StructuredDictionaryTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "``                            # ``",
                "`   `                         # ``",
                "a                             # a=true",
                "`  a  `                       # a=true",
                "`a \t`                        # a=true",
                "a,b                           # a=true b=true",
                "`a \t, \tb`                   # a=true b=true",
                "a=1                           # a=1",
                "a=-1                          # a=-1",
                "a=-0                          # a=0",
                "a=007                         # a=7",
                "a=999999999999999             # a=999999999999999",
                "a=-999999999999999            # a=-999999999999999",
                "a=1.5                         # a=?",
                "a=-0.123                      # a=?",
                "a=123456789012.123            # a=?",
                "a=?1, b=?0                    # a=true b=false",
                "a=\"\"                        # a=''",
                "a=\"b c, d=e\"                # a='b c, d=e'",
                "a=\"\\\"\\\\\"                # a='\"\\'",
                "a=b                           # a='b'",
                "a=*b                          # a='*b'",
                "a=Ab:/%*                      # a='Ab:/%*'",
                "a=:aGk=:                      # a=?",
                "a=::                          # a=?",
                "a=@1659578233                 # a=?",
                "a=@-1                         # a=?",
                "a=%\"\"                       # a=?",
                "a=%\"b %c3%bc\"               # a=?",
                "a=()                          # a=?",
                "a=( )                         # a=?",
                "a=(1)                         # a=?",
                "a=(  1   b \"c\";d  ?0  )     # a=?",
                "a=(1;x;y=2 b);z=\"q\"         # a=?",
                "a;x                           # a=true",
                "a;x=1;y=b; z=\"c\"            # a=true",
                "a=1;x=?0;*k=:YQ==:            # a=1",
                "a=?0;x                        # a=false",
                "*a-b_c.d*9=1                  # *a-b_c.d*9=1",
                "a=1, b=2, a=3                 # a=3 b=2",
                "a=1, a                        # a=true",
            })
    void a_dictionary_has_the_last_value_of_each_key(String line, String expected) {
        assertThat(StructuredDictionary.parse(List.of(line)).map(StructuredDictionaryTest::shown))
                .contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",",
                "a,",
                "a, ",
                ",a",
                "a,,b",
                "a b",
                "a;",
                "a=",
                "a= 1",
                "a =1",
                "A",
                "A=1",
                "aB",
                "1",
                "1a",
                "-a",
                "_a",
                "a/b",
                "\"a\"",
                "a=1 b",
                "a=-",
                "a=--1",
                "a=+1",
                "a=1a",
                "a=1.",
                "a=.5",
                "a=1.2345",
                "a=1.2.3",
                "a=1000000000000000",
                "a=1234567890123.1",
                "a=1e3",
                "a=?",
                "a=?2",
                "a=?true",
                "a=\"",
                "a=\"b",
                "a=\"b\\",
                "a=\"\\b\"",
                "a=\"\u00fc\"",
                "a=\"\u0001\"",
                "a=\"\u007f\"",
                "a='b'",
                "a=\u00fc",
                "a=:",
                "a=:b",
                "a=:b c:",
                "a=:b_:",
                "a=@",
                "a=@x",
                "a=@1.5",
                "a=@ 1",
                "a=%",
                "a=%a",
                "a=%\"",
                "a=%\"b",
                "a=%\"%\"",
                "a=%\"%c\"",
                "a=%\"%C3%BC\"",
                "a=%\"%c3\"",
                "a=%\"%ff\"",
                "a=%\"\u00fc\"",
                "a=(",
                "a=(1",
                "a=(1 ",
                "a=(1b)",
                "a=(1\tb)",
                "a=(1,b)",
                "a=((1))",
                "a=(1;)",
                "a=(1) b",
                "a=()()",
                "a=1;",
                "a=1;X",
                "a=1;x=",
                "a=1 ;x",
                "a=1;\tx",
                "a=1;x y",
                "a=;x",
                "a;=1",
                "a\u0000",
                "a=\u0000",
                "&&&&&"
            })
    void one_mistake_makes_the_whole_field_invalid(String line) {
        assertThat(StructuredDictionary.parse(List.of(line))).isEmpty();
        assertThat(StructuredDictionary.parse(List.of("z=1, " + line))).isEmpty();
        assertThat(StructuredDictionary.parse(List.of("z=1", line))).isEmpty();
    }

    @Test
    void a_tab_may_follow_a_member_but_not_come_first() {
        assertThat(StructuredDictionary.parse(List.of("\ta"))).isEmpty();
        assertThat(StructuredDictionary.parse(List.of("a\t,\tb\t"))).isPresent();
    }

    @Test
    void several_lines_are_one_dictionary() {
        assertThat(StructuredDictionary.parse(List.of("a=1", "b", "a=2")).map(StructuredDictionaryTest::shown))
                .contains("a=2 b=true");
        assertThat(StructuredDictionary.parse(List.of("a=(1", "2)"))).isEmpty();
        assertThat(StructuredDictionary.parse(List.of()).orElseThrow()).isEmpty();
    }

    @Test
    void a_long_field_takes_no_stack_and_no_time_beyond_its_length() {
        String many = "a=%\"\",".repeat(40_000) + "b=\"" + "\\\\".repeat(40_000) + "\";" + "x;".repeat(40_000) + "y";
        assertThat(StructuredDictionary.parse(List.of(many)).orElseThrow()).containsOnlyKeys("a", "b");
        assertThat(StructuredDictionary.parse(List.of("a=" + "(".repeat(100_000))))
                .isEmpty();
    }

    private static String shown(Map<String, StructuredDictionary.Value> members) {
        return members.entrySet().stream()
                .map(member -> member.getKey() + '=' + shown(member.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static String shown(StructuredDictionary.Value value) {
        return switch (value) {
            case StructuredDictionary.Whole whole -> Long.toString(whole.number());
            case StructuredDictionary.Flag flag -> Boolean.toString(flag.on());
            case StructuredDictionary.Text text -> '\'' + text.text() + '\'';
            case StructuredDictionary.Other other -> "?";
        };
    }
}
