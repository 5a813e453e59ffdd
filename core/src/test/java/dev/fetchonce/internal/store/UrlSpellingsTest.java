package dev.fetchonce.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UrlSpellingsTest {
    @Test
    void a_spelling_is_remembered_with_its_normal_form() {
        UrlSpellings spellings = new UrlSpellings(10_000);
        spellings.remember("HTTP://h", "http://h/");
        assertThat(spellings.normalForm("HTTP://h")).isEqualTo("http://h/");
        assertThat(spellings.normalForm("HTTP://H")).isNull();
        assertThat(spellings.bytes()).isBetween(100L, 200L);
    }

    @Test
    void a_normal_form_is_not_remembered() {
        UrlSpellings spellings = new UrlSpellings(10_000);
        spellings.remember("http://h/", new String("http://h/"));
        assertThat(spellings.normalForm("http://h/")).isNull();
        assertThat(spellings.bytes()).isZero();
    }

    @Test
    void the_bound_is_kept() {
        UrlSpellings spellings = new UrlSpellings(10_000);
        for (int i = 0; i < 1_000; i++) {
            spellings.remember("HTTP://h/" + i, "http://h/" + i);
        }
        assertThat(spellings.bytes()).isBetween(1L, 10_000L);
    }

    @Test
    void both_strings_count() {
        UrlSpellings spellings = new UrlSpellings(10_000);
        spellings.remember("HTTP://h/" + "a".repeat(1_000), "http://h/" + "a".repeat(1_000));
        assertThat(spellings.bytes()).isGreaterThan(2_000);
    }

    @Test
    void a_spelling_too_long_for_the_bound_is_not_kept_and_a_bound_of_zero_keeps_none() {
        UrlSpellings spellings = new UrlSpellings(10_000);
        spellings.remember("HTTP://h/" + "a".repeat(10_000), "http://h/a");
        assertThat(spellings.bytes()).isZero();
        UrlSpellings none = new UrlSpellings(0);
        none.remember("HTTP://h", "http://h/");
        assertThat(none.bytes()).isZero();
        assertThat(none.normalForm("HTTP://h")).isNull();
    }
}
