package dev.fetchonce.internal.http.stored;

import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All that is stored under one key: the variants that {@code Vary} tells apart, the newest first. Immutable but for what is
 * remembered of it; a landing replaces it.
 */
public final class VariantSet {
    /** Beyond this many variants the oldest leaves: an origin that varies on User-Agent must not fill the cache. */
    static final int MAX_VARIANTS = 64;

    /**
     * The heap that one takes besides its variants, with its place in the store and its key's string, in bytes. What is
     * remembered counts with the decoded value, whose weight is a coarser estimate.
     */
    private static final long OBJECTS = 40 + 96 + 44;

    /** What a second string for the URL takes, and the list of such keys that the store has for it. */
    private static final long PARTITIONED = 44 + 150;

    private final String url;
    private final String text;
    private final StoredResponse newest;
    private final List<StoredResponse> older;
    private final int weight;
    private final Revalidation revalidation;

    /** Of no order with anything else: a thread sees it whole, or does not see it yet and works it out as well. */
    private @Nullable HitMemo value;

    private VariantSet(String url, String text, List<StoredResponse> variants, Revalidation revalidation) {
        this.revalidation = revalidation;
        this.url = url;
        this.text = text;
        this.newest = variants.getFirst();
        this.older = List.copyOf(variants.subList(1, variants.size()));
        long sum = OBJECTS + text.length() + (partitioned() ? PARTITIONED + url.length() : 0);
        for (StoredResponse variant : variants) {
            sum += variant.weight();
        }
        this.weight = (int) Math.min(sum, Integer.MAX_VALUE);
    }

    /** The slot that holds this response besides the variants it had. */
    public static VariantSet landed(@Nullable VariantSet slot, CacheKey key, StoredResponse response) {
        List<StoredResponse> variants = new ArrayList<>();
        variants.add(response);
        if (slot != null) {
            Object same = response.selection().fingerprint();
            for (StoredResponse variant : slot.variants()) {
                // A success stays behind the redirect that takes its place: it may have to stand in for where that
                // leads.
                boolean replaced =
                        variant.selection().fingerprint().equals(same) && (response.success() || !variant.success());
                if (variants.size() < MAX_VARIANTS && !replaced) {
                    variants.add(variant);
                }
            }
        }
        // What was there has strings that are equal: the store has one of them as its key.
        return slot == null
                ? new VariantSet(key.url(), key.text(), variants, Revalidation.BY_TAG)
                : slot.with(variants);
    }

    private VariantSet with(List<StoredResponse> others) {
        return new VariantSet(url, text, others, revalidation);
    }

    /** The slot whose responses are revalidated so from now on, unless more is known already. */
    public VariantSet revalidated(Revalidation way) {
        Revalidation both = way.and(revalidation);
        return both == revalidation ? this : new VariantSet(url, text, variants(), both);
    }

    /** How its responses are revalidated. */
    public Revalidation revalidation() {
        return revalidation;
    }

    /**
     * The slot with one of its responses replaced, or taken out; the same where it does not hold that one any more. Null when
     * nothing is left.
     */
    public @Nullable VariantSet replaced(StoredResponse old, @Nullable StoredResponse by) {
        List<StoredResponse> changed = new ArrayList<>(variants());
        int at = changed.indexOf(old);
        if (at < 0) {
            return this;
        }
        changed.remove(at);
        if (by != null) {
            changed.add(at, by);
        }
        return changed.isEmpty() ? null : with(changed);
    }

    /** The slot without what such a request selects; null when nothing is left. */
    public @Nullable VariantSet dropped(HttpHeaders request) {
        return without(variant -> variant.selection().matches(request));
    }

    /** The slot without what such a request selects and everybody may have; null when nothing is left. */
    public @Nullable VariantSet droppedForAll(HttpHeaders request) {
        return without(variant -> variant.terms().placement() == Validity.Placement.COMMON
                && variant.selection().matches(request));
    }

    private @Nullable VariantSet without(Predicate<StoredResponse> those) {
        List<StoredResponse> left = new ArrayList<>(variants());
        left.removeIf(those);
        return left.isEmpty() ? null : with(left);
    }

    /** The same slot, weighed again after something was decoded. */
    public VariantSet weighed() {
        return with(variants());
    }

    /** What a slot, or none, holds for such a request, or null. Allocates nothing in the common case. */
    public static @Nullable StoredResponse selected(@Nullable VariantSet slot, HttpHeaders request) {
        return slot == null ? null : slot.select(request);
    }

    /**
     * What a fetch may revalidate, and what may stand in if it fails: what is selected, or the success behind a failure that
     * is remembered.
     */
    public static @Nullable StoredResponse standing(@Nullable VariantSet slot, HttpHeaders request) {
        StoredResponse selected = selected(slot, request);
        return slot != null && selected != null && selected.negative() ? slot.success(request) : selected;
    }

    /** The newest stored success for such a request, or null, whatever redirect is stored before it. */
    public @Nullable StoredResponse success(HttpHeaders request) {
        for (StoredResponse variant : variants()) {
            if (variant.success() && variant.selection().matches(request)) {
                return variant;
            }
        }
        return null;
    }

    /**
     * The newest stored response for such a request, or null. One that came without Vary is the last choice: some origins
     * leave it out where they answer a request that has no wishes (RFC 9111 §4.1).
     */
    public @Nullable StoredResponse select(HttpHeaders request) {
        if (older.isEmpty()) {
            return newest.selection().matches(request) ? newest : null;
        }
        StoredResponse last = null;
        for (int i = 0; i < size(); i++) {
            StoredResponse variant = i == 0 ? newest : older.get(i - 1);
            if (variant.selection().matches(request)) {
                if (variant.selection().varies()) {
                    return variant;
                }
                last = last == null ? variant : last;
            }
        }
        return last;
    }

    /** All that it holds, the newest first. */
    public List<StoredResponse> variants() {
        if (older.isEmpty()) {
            return List.of(newest);
        }
        List<StoredResponse> variants = new ArrayList<>(size());
        variants.add(newest);
        variants.addAll(older);
        return List.copyOf(variants);
    }

    /** What tells requests under this key apart, by the newest response's Vary: part of the key of a flight. */
    public Object selecting(HttpHeaders request) {
        return newest.selection().forRequest(request).fingerprint();
    }

    /** What a plain request was given out of it before, or null. */
    public @Nullable HitMemo value() {
        return value;
    }

    /** Remembers what a plain request is given. */
    public void remember(HitMemo given) {
        value = given;
    }

    /** The normal form of the URL for which it is stored. */
    public String url() {
        return url;
    }

    /** The text of the key under which it is stored. */
    public String text() {
        return text;
    }

    /** Whether that is more than the URL. */
    public boolean partitioned() {
        return text.length() != url.length();
    }

    /** How many responses it holds, at least one. */
    public int size() {
        return 1 + older.size();
    }

    /** An estimate of the heap it takes, in bytes. */
    public int weight() {
        return weight;
    }
}
