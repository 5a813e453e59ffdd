package dev.fetchonce.internal.http.caching;

import dev.fetchonce.internal.http.message.EntityTag;
import dev.fetchonce.internal.http.message.HttpDate;
import dev.fetchonce.internal.http.message.SingleField;
import dev.fetchonce.internal.http.stored.Revalidation;
import dev.fetchonce.internal.http.stored.StoredFields;
import dev.fetchonce.internal.http.stored.StoredResponse;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of a revalidation (RFC 9111 §4.3.1), and the responses that a 304 confirms (§4.3.3, §4.3.4). Pure
 * functions.
 */
public final class Validators {
    /**
     * The most characters of an {@code If-None-Match} with the tags of several variants: servers refuse a field that is
     * too long.
     */
    static final int LONGEST_LIST = 2_048;

    private Validators() {}

    /** Reports whether a response with these fields has a validator. */
    static boolean any(HttpHeaders response) {
        return EntityTag.of(response).isPresent() || lastModified(response).isPresent();
    }

    /**
     * Returns the precondition fields that ask which of these responses is still valid. They are one
     * {@code If-None-Match} with as many entity tags as fit, and the date of the selected response.
     *
     * <p>A selected response with only a date, or with a malformed tag, is the only one in the conditions. An origin
     * that receives any tag ignores the date, and an origin that parses tags strictly could not read the list.
     *
     * @param selected the stored response that the request selects, or null
     * @param variants the other responses of the set, the most wanted first; may include the selected one
     * @return by field name; empty when there is no validator
     */
    public static Map<String, String> conditions(@Nullable StoredResponse selected, List<StoredResponse> variants) {
        Map<String, String> conditions = new LinkedHashMap<>();
        Optional<EntityTag> own = selected == null ? Optional.empty() : selected.entityTag();
        Set<String> tags = new LinkedHashSet<>();
        own.ifPresent(tag -> tags.add(tag.text()));
        if (selected == null || own.filter(EntityTag::wellFormed).isPresent()) {
            int length = own.map(tag -> tag.text().length()).orElse(0);
            for (StoredResponse variant : variants) {
                Optional<EntityTag> tag = variant.entityTag().filter(EntityTag::wellFormed);
                int longer = length + 2 + tag.map(its -> its.text().length()).orElse(0);
                if (tag.isPresent()
                        && longer <= LONGEST_LIST
                        && tags.add(tag.get().text())) {
                    length = longer;
                }
            }
        }
        if (!tags.isEmpty()) {
            conditions.put("If-None-Match", String.join(", ", tags));
        }
        if (selected != null) {
            lastModified(selected).ifPresent(date -> conditions.put("If-Modified-Since", date));
        }
        return conditions;
    }

    /**
     * Returns the precondition fields of a request, by name; empty for a request without conditions.
     *
     * @param way the way to revalidate the responses of the set
     * @param selected the stored response that the request selects, or null
     * @param candidates the stored responses about which the request may ask
     */
    public static Map<String, String> conditions(
            Revalidation way, @Nullable StoredResponse selected, List<StoredResponse> candidates) {
        return switch (way) {
            case BY_TAG -> conditions(selected, candidates);
            case BY_DATE -> selected == null ? Map.of() : byDate(selected);
            case UNCONDITIONAL -> Map.of();
        };
    }

    /**
     * Returns the stored responses about which these conditions ask.
     *
     * @param way the way to revalidate the responses of the set
     * @param selected the stored response that the request selects, or null
     * @param candidates the stored responses about which the request may ask
     */
    public static List<StoredResponse> askedAbout(
            Revalidation way, @Nullable StoredResponse selected, List<StoredResponse> candidates) {
        return switch (way) {
            case BY_TAG -> candidates;
            case BY_DATE -> selected == null ? List.of() : List.of(selected);
            case UNCONDITIONAL -> List.of();
        };
    }

    /**
     * Returns the responses that a 304 confirms.
     *
     * @param way the way of the request
     * @param notModified the fields of the 304
     * @param askedAbout the responses about which the request has asked
     */
    public static List<StoredResponse> confirmed(
            Revalidation way, HttpHeaders notModified, List<StoredResponse> askedAbout) {
        List<StoredResponse> selected = selected(notModified, askedAbout);
        return selected.isEmpty() && way == Revalidation.BY_DATE ? dated(notModified, askedAbout) : selected;
    }

    /**
     * Returns the next way to revalidate, after a 304 that confirms no response about which the request has asked.
     * Their Last-Modified is useful where that 304 has it as well.
     *
     * @param way the way of the request
     */
    public static Revalidation afterOther(Revalidation way, HttpHeaders notModified, List<StoredResponse> askedAbout) {
        boolean dated = !dated(notModified, askedAbout).isEmpty();
        return way == Revalidation.BY_TAG && dated ? Revalidation.BY_DATE : Revalidation.UNCONDITIONAL;
    }

    /** Returns the precondition field with the date of this response; empty for a response without a date. */
    static Map<String, String> byDate(StoredResponse selected) {
        return lastModified(selected)
                .map(date -> Map.of("If-Modified-Since", date))
                .orElse(Map.of());
    }

    /**
     * Returns the stored responses about which {@link #conditions(StoredResponse, List)} asks. They are the selected
     * response, and the others with a valid entity tag. A selected response without such a tag is the only one.
     *
     * @param selected the stored response that the request selects, or null
     * @param variants all stored responses of the URL, the newest first
     */
    public static List<StoredResponse> candidates(@Nullable StoredResponse selected, List<StoredResponse> variants) {
        List<StoredResponse> candidates = new ArrayList<>();
        if (selected != null) {
            candidates.add(selected);
        }
        if (selected == null || tagged(EntityTag::wellFormed).test(selected)) {
            for (StoredResponse variant : variants) {
                if (!variant.equals(selected)
                        && variant.success()
                        && tagged(EntityTag::wellFormed).test(variant)) {
                    candidates.add(variant);
                }
            }
        }
        return List.copyOf(candidates);
    }

    /**
     * Returns the responses that a 304 selects, all of which its fields update (RFC 9111 §4.3.4). It selects them by
     * its entity tag, or without a tag by its date. A 304 without both validators confirms the only response about
     * which the request asked, because many origins omit their tag. With several responses it confirms no response.
     *
     * <p>A strong tag that no candidate has confirms the newest candidate with an equal weak tag, against the letter of
     * the RFC. A server that compresses during the transfer weakens the tag of a 200 and not that of the 304. The
     * candidate keeps its weak tag then ({@link StoredFields#freshened}).
     *
     * @param notModified the fields of the 304
     * @param candidates the responses that could answer the request except for their staleness; only responses that its
     *     conditions named
     * @return some of the candidates, in their order; empty when the 304 is about another response, and must not be
     *     used
     */
    public static List<StoredResponse> selected(HttpHeaders notModified, List<StoredResponse> candidates) {
        Optional<EntityTag> tag = EntityTag.of(notModified);
        if (tag.isPresent()) {
            List<StoredResponse> same =
                    candidates.stream().filter(tagged(tag.get()::strongly)).toList();
            return same.isEmpty() ? newest(candidates, tagged(tag.get()::weakly)) : same;
        }
        List<StoredResponse> alone = candidates.size() == 1 ? candidates : List.of();
        Optional<String> date = lastModified(notModified);
        if (date.isEmpty()) {
            return alone;
        }
        List<StoredResponse> dated = newest(candidates, stored -> modifiedAt(stored, date.get()));
        return dated.isEmpty() ? newest(alone, only -> lastModified(only).isEmpty()) : dated;
    }

    /**
     * Returns the responses that a 304 selects by its date, for any entity tag. The date must be a strong validator
     * (RFC 9110 §8.8.2.2). One common strong validator is enough (RFC 9111 §4.3.4).
     *
     * @param notModified the fields of the 304
     * @param candidates as for {@link #selected}
     */
    static List<StoredResponse> dated(HttpHeaders notModified, List<StoredResponse> candidates) {
        Optional<String> date = lastModified(notModified);
        return date.isEmpty()
                ? List.of()
                : newest(candidates, stored -> modifiedAt(stored, date.get()) && stronglyDated(stored));
    }

    /**
     * Reports whether the response was made at least a second after it was modified, so that no later change has that
     * date too.
     */
    private static boolean stronglyDated(StoredResponse stored) {
        Optional<Instant> modified = lastModified(stored).flatMap(date -> HttpDate.parse(date, stored.receivedAt()));
        return modified.filter(moment -> !moment.plusSeconds(1).isAfter(generated(stored)))
                .isPresent();
    }

    /** Reports whether a response was last modified at that date: the texts or the moments are equal. */
    static boolean modifiedAt(StoredResponse stored, String date) {
        Optional<String> own = lastModified(stored);
        Optional<Instant> moment = own.flatMap(text -> HttpDate.parse(text, stored.receivedAt()));
        return own.equals(Optional.of(date))
                || (moment.isPresent() && moment.equals(HttpDate.parse(date, stored.receivedAt())));
    }

    private static Optional<String> lastModified(HttpHeaders response) {
        return SingleField.value(response, "last-modified");
    }

    private static Optional<String> lastModified(StoredResponse stored) {
        return stored.single("last-modified");
    }

    private static Predicate<StoredResponse> tagged(Predicate<EntityTag> tag) {
        return stored -> stored.entityTag().filter(tag).isPresent();
    }

    /** Returns the most recent response by its Date (RFC 9111 §4), the first of several equal ones. */
    private static List<StoredResponse> newest(List<StoredResponse> candidates, Predicate<StoredResponse> that) {
        StoredResponse newest = null;
        for (StoredResponse candidate : candidates) {
            if (that.test(candidate) && (newest == null || generated(candidate).isAfter(generated(newest)))) {
                newest = candidate;
            }
        }
        return newest == null ? List.of() : List.of(newest);
    }

    private static Instant generated(StoredResponse stored) {
        return stored.single("date")
                .flatMap(date -> HttpDate.parse(date, stored.receivedAt()))
                .orElse(stored.receivedAt());
    }
}
