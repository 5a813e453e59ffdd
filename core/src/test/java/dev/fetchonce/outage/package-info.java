/** Tests of an origin in trouble, through the public API alone. */
@NullMarked
package dev.fetchonce.outage;

import org.jspecify.annotations.NullMarked;
