# talk-PROVIDER: a whole call with a model that hears and speaks itself.
. "$here/families.sh"
whole_talk "$1"
