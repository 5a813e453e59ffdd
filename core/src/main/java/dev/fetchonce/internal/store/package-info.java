/** Floor 2: the memory store. It is closed: values in, values out, no user code inside. */
@NullMarked
package dev.fetchonce.internal.store;

import org.jspecify.annotations.NullMarked;
