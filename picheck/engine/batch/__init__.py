"""Any number of documents, in constant memory and several processes."""
