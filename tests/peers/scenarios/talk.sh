# talk-PROVIDER: a whole call by a model that hears and speaks itself.
. "$here/families.sh"
whole_talk "$1"
