import { useEffect, useState } from 'react';

const LEAVES_AFTER_MS = 8_000;

interface Held {
  onMouseEnter: () => void;
  onMouseLeave: () => void;
  onFocus: () => void;
  onBlur: () => void;
}

/** Leaves by itself after a while, but not under the pointer or the focus of whoever reads it. */
export function useLeaving(leaves: boolean, leave: () => void): Held {
  const [hovered, setHovered] = useState(false);
  const [focused, setFocused] = useState(false);
  const counting = leaves && !hovered && !focused;
  useEffect(() => {
    if (!counting) return;
    const timer = setTimeout(leave, LEAVES_AFTER_MS);
    return () => {
      clearTimeout(timer);
    };
    // What is called in the end does not start the time anew.
  }, [counting]);
  return {
    onMouseEnter: () => {
      setHovered(true);
    },
    onMouseLeave: () => {
      setHovered(false);
    },
    onFocus: () => {
      setFocused(true);
    },
    onBlur: () => {
      setFocused(false);
    },
  };
}
