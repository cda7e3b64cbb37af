brief_agent
start_kamailio
start_agent 6001
run_sipp hold_and_resume "$agent_sip"
# RFC 3264 section 8: a changed description has a higher version in its o= line, and an unchanged one has the same version.
received hold_and_resume | awk '
  /^o=/ { id = $2; version = $3 }
  /^m=audio/ { media = $0 }
  /^a=(sendrecv|recvonly|sendonly|inactive)/ { direction = $0 }
  /^SIP\/2.0|^$/ && media { review() }
  function review() {
    if (last_id && id != last_id) { print "the session id changed"; bad = 1 }
    if (last_id && direction != last_direction && version <= last_version) { print "another direction, and version " version " after " last_version; bad = 1 }
    last_id = id; last_version = version; last_direction = direction; media = ""; direction = ""; ++seen
  }
  END { if (media) review(); if (seen != 3) { print seen + 0 " answers seen, not 3"; bad = 1 } exit bad }' >"$work/versions" ||
  die "the versions in the o= lines are wrong: $(tr '\n' ' ' <"$work/versions")"
