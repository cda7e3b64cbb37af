# cascade-LISTEN-THINK-SPEAK: a whole call with a cascade of three providers: for the recogniser, the model and the voice.
. "$here/families.sh"
whole_call "$@"
