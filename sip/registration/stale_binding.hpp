#pragma once

#include <cstdint>

namespace offhook::inline v0::sip::registration {

/// Says when to remove a binding of ours that the registrar may still have from an earlier registration. A registrar such as
/// Asterisk marks a contact that did not answer as unreachable. A REGISTER that repeats this contact does not clear the mark, but
/// removing the contact and registering it again does.
enum class StaleBinding : std::uint8_t {
  Kept,
  RemovedAfterOutage,  ///< the last REGISTER had no answer, or could not be sent
  RemovedFirst,        ///< as RemovedAfterOutage, and before the first REGISTER too, because an earlier process had the same Contact
};

}  // namespace offhook::inline v0::sip::registration
