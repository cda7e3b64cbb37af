# cascade-LISTEN-THINK-SPEAK: a whole call by three providers.
. "$here/families.sh"
whole_call "$@"
