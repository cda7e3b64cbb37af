agent_transport=tcp baresip_transport=tcp
. "$here/question.sh"
question 8000
