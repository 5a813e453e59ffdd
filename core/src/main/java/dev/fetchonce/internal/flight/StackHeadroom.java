package dev.fetchonce.internal.flight;

/** Room on the current thread's stack for what must not be left half done. */
final class StackHeadroom {
    /** Several times as many as a leader needs until its flight is another thread's affair. */
    private static final int FRAMES = 512;

    private StackHeadroom() {}

    /**
     * Sees to it that there is some.
     *
     * @throws StackOverflowError when there is not: here, where there is nothing to undo
     */
    static void require() {
        if (depth(FRAMES) != FRAMES) {
            throw new IllegalStateException("who can count sees this never");
        }
    }

    private static int depth(int frames) {
        return frames == 0 ? 0 : 1 + depth(frames - 1);
    }
}
