export const NAME = 'MAX';
