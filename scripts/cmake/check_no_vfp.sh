#!/bin/sh
# Usage: check_no_vfp.sh OBJDUMP ELF
# Fails if a VFP or NEON instruction (all begin with v) stands outside the functions that save and restore user state.
# FPEXC, which switches the unit on and off, is no register of the user.
"$1" -d "$2" | awk '
    /^[0-9a-f]+ <.*>:$/ { name = $2 }
    $3 ~ /^v/ && $0 !~ /fpexc/ && name !~ /^<vfp_(save|load|enable|disable)>:$/ { print "floating point in the kernel: " name " " $0; bad = 1 }
    END { exit bad }'
