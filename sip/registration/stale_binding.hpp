#pragma once

#include <cstdint>

namespace offhook::inline v0::sip::registration {

/// When a binding that the registrar may still have from before is removed first. A registrar such as Asterisk marks a contact that did not answer as
/// unreachable, and a REGISTER that repeats this contact does not change the mark; a contact that was removed and registered is tried at once.
enum class StaleBinding : std::uint8_t {
  Kept,
  RemovedAfterOutage,  ///< the last REGISTER had no answer, or could not be sent
  RemovedFirst,        ///< and before the first REGISTER: an earlier process had the same Contact
};

}  // namespace offhook::inline v0::sip::registration
