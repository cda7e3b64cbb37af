# cascade-LISTEN-THINK-SPEAK: a whole call with three providers.
. "$here/families.sh"
whole_call "$@"
