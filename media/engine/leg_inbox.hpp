#pragma once

#include <offhook/media/engine/inbox.hpp>
#include <offhook/media/engine/leg.hpp>

namespace offhook::inline v0::media {

/// Legs on their way to a worker.
using LegInbox = Inbox<Leg, &Leg::next_arriving>;

}  // namespace offhook::inline v0::media
