/** Where APIs put the id of what they took, and the reason of a refusal. */
export const GENERIC_ID_FIELDS =
	'id, messageId, message_id, mId, data.id, data.messageId, data.message_id, message.id, message.messageId, message.message_id, result.id, result.messageId, result.message_id, messages.0.id, 0.id';
export const GENERIC_ERROR_FIELDS = 'error, errors, error_message, errorMessage, fault';
