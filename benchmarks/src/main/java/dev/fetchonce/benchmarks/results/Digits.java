package dev.fetchonce.benchmarks.results;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/** Numbers as readers expect them. */
public final class Digits {
    private static final MathContext THREE = new MathContext(3, RoundingMode.HALF_UP);

    private Digits() {}

    /**
     * Returns a number with three significant digits and thousands separators: 12,300, 1.23, 0.0123. Zero is 0, and a
     * ratio to zero is ∞.
     */
    static String of(double number) {
        if (!Double.isFinite(number)) {
            return Double.isNaN(number) ? "0/0" : "∞";
        }
        BigDecimal rounded = new BigDecimal(number).round(THREE);
        int beforePoint = rounded.precision() - rounded.scale();
        return format(rounded.signum() == 0 ? 0 : Math.max(0, 3 - beforePoint)).format(rounded);
    }

    /** Returns a format with thousands separators and without needless digits: 12,345, 0.95. */
    public static DecimalFormat exact() {
        return new DecimalFormat("#,##0.######", DecimalFormatSymbols.getInstance(Locale.ROOT));
    }

    private static DecimalFormat format(int decimals) {
        DecimalFormat format = new DecimalFormat("#,##0", DecimalFormatSymbols.getInstance(Locale.ROOT));
        format.setMinimumFractionDigits(decimals);
        format.setMaximumFractionDigits(decimals);
        return format;
    }
}
